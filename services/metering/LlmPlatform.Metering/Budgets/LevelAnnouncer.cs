using LlmPlatform.Messaging;
using LlmPlatform.Metering.Limits;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// Tells the state machine when a budget period has come a step further: through the outbox, and only where this
/// process has not said the same before. PostgreSQL is asked for nothing else.
/// </summary>
internal sealed class LevelAnnouncer(IServiceScopeFactory scopes, LimitsShelf shelf, AnnouncedLevels announced)
{
    /// <summary>Announces what is news.</summary>
    /// <param name="levels">Any number for a period; the one read last counts.</param>
    /// <param name="cancellationToken">Abandons it; announcing again is safe.</param>
    public async Task AnnounceAsync(IEnumerable<ObservedLevel> levels, CancellationToken cancellationToken)
    {
        List<(ObservedLevel Level, Budget Budget, BudgetStanding Standing)> news = [];
        foreach (var level in NewestOf(levels))
        {
            // A budget that is not in force, or not yet known here, is left to the sweep.
            if (shelf.FindBudget(level.BudgetId) is not { } budget)
                continue;

            var isRefused = IsRefusedBy(budget, level)
                || announced.IsRefused(
                    level.BudgetId, level.PeriodId, budget.InForceAt(level.ObservedAt).Revision);
            var standing = BudgetStanding.Of(budget, level.Spent, isRefused, level.ObservedAt);
            if (announced.IsNews(level.BudgetId, level.PeriodId, standing))
                news.Add((level, budget, standing));
        }

        if (news.Count == 0)
            return;

        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<MeteringDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<IOutbox<MeteringDbContext>>();
        await using (var transaction = await database.Database.BeginTransactionAsync(cancellationToken))
        {
            foreach (var (level, budget, standing) in news)
            {
                await EnsurePeriodAsync(database, budget, level, cancellationToken);
                outbox.Add(BudgetMessages.Advanced(
                    budget, level.PeriodId, level.Spent, standing.IsRefused, level.ObservedAt));
            }

            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var (level, _, standing) in news)
            announced.Note(level.BudgetId, level.PeriodId, standing);
    }

    // A request that an earlier revision refused says nothing of this one; edges learn of a new one some seconds late.
    private static bool IsRefusedBy(Budget budget, ObservedLevel level)
    {
        var inForce = budget.InForceAt(level.ObservedAt).Revision;
        return level.IsRefused
            && level.PeriodContains >= budget.ChangedAt
            && budget.InForceAt(level.PeriodContains).Revision == inForce
            && (level.Revision is not { } revision || revision >= inForce);
    }

    // A refusal is kept whichever level is the newest: the counter does not show it.
    private static IEnumerable<ObservedLevel> NewestOf(IEnumerable<ObservedLevel> levels) =>
        from level in levels
        group level by (level.BudgetId, level.PeriodId) into period
        let newest = period.MaxBy(level => (level.ObservedAt, level.Spent))!
        let refusal = period.Where(level => level.IsRefused).MaxBy(level => level.PeriodContains)
        select refusal is null
            ? newest
            : newest with { IsRefused = true, PeriodContains = refusal.PeriodContains };

    private static Task EnsurePeriodAsync(
        MeteringDbContext database, Budget budget, ObservedLevel level, CancellationToken cancellationToken)
    {
        var period = budget.Definition().Calendar().At(level.PeriodContains);

        // Cut otherwise since: the row was written while the period was current.
        return period.Id == level.PeriodId
            ? OpenedPeriod.EnsureAsync(database, budget, period, cancellationToken)
            : Task.CompletedTask;
    }
}
