using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Budgets;

/// <summary>Says how a budget stands: amounts live from Redis, or as written down last while Redis is away.</summary>
internal sealed class BudgetStatements(MeteringDbContext database, HoldLedger holds, TimeProvider clock)
{
    /// <summary>The statements of the current periods.</summary>
    public async Task<IReadOnlyList<BudgetResponse>> OfAsync(
        IReadOnlyList<Budget> budgets, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var statements = new List<BudgetResponse>(budgets.Count);
        foreach (var budget in budgets)
        {
            var current = budget.Definition().Calendar().At(now);
            statements.Add(await OfAsync(
                budget,
                new OpenedPeriod
                {
                    BudgetId = budget.Id,
                    PeriodId = current.Id,
                    Revision = budget.Revision,
                    StartsAt = current.StartsAt,
                    EndsAt = current.EndsAt,
                },
                cancellationToken));
        }

        return statements;
    }

    /// <summary>The statement of a period there has been; null when there was none of that id.</summary>
    public async Task<BudgetResponse?> OfPeriodAsync(
        Budget budget, string periodId, CancellationToken cancellationToken) =>
        await FindAsync(budget.Id, periodId, cancellationToken) is { } period
            ? await OfAsync(budget, period, cancellationToken)
            : null;

    private async Task<BudgetResponse> OfAsync(Budget budget, OpenedPeriod period, CancellationToken cancellationToken)
    {
        var id = BudgetPeriodState.IdOf(budget.Id, period.PeriodId);
        var state = await database.PeriodStates.AsNoTracking()
            .FirstOrDefaultAsync(known => known.CorrelationId == id, cancellationToken);
        var amounts = await AmountsAsync(budget, period, cancellationToken);
        var now = clock.GetUtcNow();
        var inForce = budget.InForceAt(now < period.EndsAt ? now : period.EndsAt.AddTicks(-1));
        var left = inForce.Limit - amounts.Spent - amounts.Held;
        return new BudgetResponse
        {
            Id = budget.Id,
            Name = budget.Name,
            Scope = budget.Scope,
            LimitUsd = budget.UsdOf(inForce.Limit),
            SpentUsd = budget.UsdOf(amounts.Spent),
            HeldUsd = budget.UsdOf(amounts.Held),
            LeftUsd = budget.UsdOf(left),
            LimitTokens = budget.TokensOf(inForce.Limit),
            SpentTokens = budget.TokensOf(amounts.Spent),
            HeldTokens = budget.TokensOf(amounts.Held),
            LeftTokens = budget.TokensOf(left),
            SpentByKind = amounts.Level is { } level ? SpentByKind.Of(budget, level) : null,
            Forecast = SpendingForecast.Of(
                budget, amounts.Spent, period.StartsAt, period.EndsAt, now),
            AsOf = amounts.AsOf,
            Live = amounts.Level is not null,
            Period = budget.Period,
            PeriodId = period.PeriodId,
            PeriodStart = period.StartsAt,
            PeriodEnd = period.EndsAt,
            TimeZone = budget.TimeZone,
            State = EnumWord(state?.CurrentState ?? nameof(BudgetPeriodStateMachine.Open)),
            ThresholdsCrossed = [.. (state?.AnnouncedBasisPoints ?? []).Select(BudgetTerms.ShareOf)],
            Mode = EnumText.Of(budget.Enforce ? BudgetMode.Enforce : BudgetMode.Track),
            Enforcement = budget.Enforce
                ? EnumText.Of(budget.IsSoft ? BudgetEnforcement.Soft : BudgetEnforcement.Strict)
                : null,
            Alerts = [.. budget.ThresholdBasisPoints.Select(BudgetTerms.ShareOf)],
            Channels = budget.Channels,
            SharedUsers = budget.SharedUsers,
            Increases =
            [
                .. budget.Increases
                    .Where(increase => increase.AskedAt < period.EndsAt && increase.EndsAt > period.StartsAt)
                    .OrderBy(increase => increase.AskedAt)
                    .Select(increase => BudgetIncreaseResponse.Of(budget, increase, now)),
            ],
            Revision = inForce.Revision,
            Source = budget.Source,
            CreatedAt = budget.CreatedAt,
            ChangedAt = budget.ChangedAt,
        };
    }

    private async Task<(long Spent, long Held, DateTimeOffset? AsOf, BudgetLevel? Level)> AmountsAsync(
        Budget budget, OpenedPeriod period, CancellationToken cancellationToken)
    {
        try
        {
            var level = await holds.ReadAsync(budget.Id, period.PeriodId, cancellationToken);
            return (level.Spent, level.Held, clock.GetUtcNow(), level);
        }
        catch (QuotaUnavailableException)
        {
            var written = await FindAsync(budget.Id, period.PeriodId, cancellationToken);
            return (written?.Spent ?? 0, written?.Held ?? 0, written?.SeenAt, null);
        }
    }

    private Task<OpenedPeriod?> FindAsync(string budgetId, string periodId, CancellationToken cancellationToken) =>
        database.Periods.AsNoTracking().FirstOrDefaultAsync(
            period => period.BudgetId == budgetId && period.PeriodId == periodId, cancellationToken);

    private static string EnumWord(string state) => char.ToLowerInvariant(state[0]) + state[1..];
}
