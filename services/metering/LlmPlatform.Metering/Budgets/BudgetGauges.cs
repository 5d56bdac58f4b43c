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
                (double)reading.Spent / reading.Limit, Tag(reading))),
            description: "Share of the limit that is spent in the current period.");
        meter.CreateObservableGauge(
            "budget_overspend_usd",
            () => _readings.Where(reading => !reading.CountsTokens).Select(reading => new Measurement<double>(
                (double)NanoUsd.ToUsd(Math.Max(0, reading.Spent - reading.Limit)), Tag(reading))),
            description: "Spent beyond the limit in the current period.");
        meter.CreateObservableGauge(
            "budget_overspend_tokens",
            () => _readings.Where(reading => reading.CountsTokens).Select(reading => new Measurement<long>(
                Math.Max(0, reading.Spent - reading.Limit), Tag(reading))),
            description: "Tokens spent beyond the limit in the current period.");
    }

    /// <summary>Reads what was written last.</summary>
    public async Task RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<MeteringDbContext>();
        var rows = await (
            from period in database.Periods.AsNoTracking()
            join budget in database.Budgets.AsNoTracking() on period.BudgetId equals budget.Id
            where budget.RetiredAt == null && period.StartsAt <= now && period.EndsAt > now
            select new { budget, period.Spent }).ToListAsync(cancellationToken);
        _readings =
        [
            .. rows.Select(row => new Reading(
                row.budget.Name, row.Spent, row.budget.InForceAt(now).Limit, row.budget.CountsTokens)),
        ];
    }

    private static KeyValuePair<string, object?> Tag(Reading reading) => new("budget", reading.Budget);

    private sealed record Reading(string Budget, long Spent, long Limit, bool CountsTokens);
}
