using System.Diagnostics.Metrics;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// <c>budget_spent_ratio{budget}</c> and <c>budget_overspend_usd{budget}</c>, or
/// <c>budget_overspend_tokens{budget}</c>, of the current periods, from what the sweep has written: the same on every
/// replica.
/// </summary>
internal sealed class BudgetGauges
{
    private readonly IServiceScopeFactory _scopes;
    private volatile IReadOnlyList<Reading> _readings = [];

    public BudgetGauges(IMeterFactory meters, IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        var meter = meters.Create(MeteringTelemetry.MeterName);
        meter.CreateObservableGauge(
            "budget_spent_ratio",
            () => _readings.Select(reading => new Measurement<double>(
                (double)reading.Spent / (reading.LimitTokens ?? reading.LimitNanoUsd), Tag(reading))),
            description: "Share of the limit that is spent in the current period.");
        meter.CreateObservableGauge(
            "budget_overspend_usd",
            () => _readings.Where(reading => reading.LimitTokens is null).Select(reading => new Measurement<double>(
                (double)NanoUsd.ToUsd(Math.Max(0, reading.Spent - reading.LimitNanoUsd)), Tag(reading))),
            description: "Spent beyond the limit in the current period.");
        meter.CreateObservableGauge(
            "budget_overspend_tokens",
            () => _readings.Where(reading => reading.LimitTokens is not null).Select(reading => new Measurement<long>(
                Math.Max(0, reading.Spent - reading.LimitTokens!.Value), Tag(reading))),
            description: "Tokens spent beyond the limit in the current period.");
    }

    /// <summary>Reads what was written last.</summary>
    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<MeteringDbContext>();
        _readings = await (
            from period in database.Periods.AsNoTracking()
            join budget in database.Budgets.AsNoTracking() on period.BudgetId equals budget.Id
            where budget.RetiredAt == null && period.StartsAt <= now && period.EndsAt > now
            select new Reading(budget.Name, period.Spent, budget.LimitNanoUsd, budget.LimitTokens))
            .ToListAsync(cancellationToken);
    }

    private static KeyValuePair<string, object?> Tag(Reading reading) => new("budget", reading.Budget);

    private sealed record Reading(string Budget, long Spent, long LimitNanoUsd, long? LimitTokens);
}
