using System.Collections.Concurrent;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Messaging;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Budgets;

/// <summary>One turn of the <see cref="BudgetPeriodSweep"/>, in one scope.</summary>
internal sealed class PeriodTurn(
    MeteringDbContext database,
    IOutbox<MeteringDbContext> outbox,
    HoldLedger holds,
    SweptLevels swept,
    BudgetOptions options)
{
    private const string TryTakeTurn =
        """SELECT pg_try_advisory_xact_lock(hashtext('metering.budget_periods')) AS "Value" """;

    /// <summary>Does what is due at an instant; nothing when another replica is at it.</summary>
    /// <param name="now">The instant.</param>
    /// <param name="withLate">Whether to look through periods that have ended, too.</param>
    /// <param name="cancellationToken">Abandons the turn; what it had not committed, the next one does.</param>
    /// <exception cref="QuotaUnavailableException">
    /// Redis is away: periods were moved on, levels not looked at.
    /// </exception>
    public async Task RunAsync(DateTimeOffset now, bool withLate, CancellationToken cancellationToken)
    {
        var budgets = await database.Budgets.AsNoTracking()
            .Where(budget => budget.RetiredAt == null)
            .ToDictionaryAsync(budget => budget.Id, cancellationToken);

        // Two transactions, so that an absent Redis holds up neither a beginning nor an end.
        if (await InTurnAsync(() => MoveOnAsync(budgets.Values, now, cancellationToken), cancellationToken))
            await InTurnAsync(() => LookThroughAsync(budgets, now, withLate, cancellationToken), cancellationToken);
    }

    private async Task<bool> InTurnAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (!await database.Database.SqlQueryRaw<bool>(TryTakeTurn).SingleAsync(cancellationToken))
            return false;
        await work();
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        database.ChangeTracker.Clear();
        return true;
    }

    private async Task MoveOnAsync(
        IReadOnlyCollection<Budget> budgets, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = await database.Periods.Where(period => period.EndedAt == null).ToListAsync(cancellationToken);
        foreach (var budget in budgets)
        {
            var current = budget.Definition().Calendar().At(now);
            var row = open.Find(period => period.BudgetId == budget.Id && period.PeriodId == current.Id);
            if (row is null)
            {
                await OpenedPeriod.EnsureAsync(database, budget, current, cancellationToken);
                row = await database.Periods.SingleAsync(
                    period => period.BudgetId == budget.Id && period.PeriodId == current.Id, cancellationToken);
            }

            // Another time zone cuts the same day or month elsewhere; until the end has come the newest revision
            // decides.
            var isMoved = row.Revision < budget.Revision
                && (row.StartsAt != current.StartsAt || row.EndsAt != current.EndsAt);
            if (row.OpenedAt is not null && !isMoved)
                continue;
            (row.Revision, row.StartsAt, row.EndsAt) = (budget.Revision, current.StartsAt, current.EndsAt);
            (row.OpenedAt, row.EndedAt) = (now, null);
            outbox.Add(new BudgetPeriodOpened
            {
                BudgetId = row.BudgetId,
                PeriodId = row.PeriodId,
                Revision = row.Revision,
                StartsAt = row.StartsAt,
                EndsAt = row.EndsAt,
            });
        }

        foreach (var over in open.Where(period => period.EndsAt <= now))
        {
            over.EndedAt = now;
            outbox.Add(new BudgetPeriodEnded
            {
                BudgetId = over.BudgetId,
                PeriodId = over.PeriodId,
                EndedAt = over.EndsAt,
            });
        }
    }

    private async Task LookThroughAsync(
        Dictionary<string, Budget> budgets, DateTimeOffset now, bool withLate, CancellationToken cancellationToken)
    {
        var periods = await database.Periods.Where(period => period.EndedAt == null).ToListAsync(cancellationToken);
        if (withLate)
        {
            periods.AddRange(await LateAsync(now, cancellationToken));
            await ForgetAsync(now, cancellationToken);
        }

        periods.RemoveAll(period => !budgets.ContainsKey(period.BudgetId));
        var levels = await ReadAsync(periods, cancellationToken);
        var ids = periods.ConvertAll(period => BudgetPeriodState.IdOf(period.BudgetId, period.PeriodId));
        var states = await database.PeriodStates.AsNoTracking()
            .Where(state => ids.Contains(state.CorrelationId))
            .ToDictionaryAsync(state => state.CorrelationId, cancellationToken);
        for (var i = 0; i < periods.Count; i++)
        {
            var (period, level, budget) = (periods[i], levels[periods[i]], budgets[periods[i].BudgetId]);
            period.See(level, now);
            if (period.IsSampled(level.Spent, now, options.SpendingInterval))
                outbox.Add(BudgetMessages.Observed(budget, period));

            var state = states.GetValueOrDefault(ids[i]);
            var isRefused = state?.RefusedRevision == budget.InForceAt(now).Revision;
            var standing = BudgetStanding.Of(budget, level.Spent, isRefused, now);
            if (IsBehind(state, budget, level.Spent, standing, now) && swept.IsDue(period, standing, now))
                outbox.Add(BudgetMessages.Advanced(
                    budget, period.PeriodId, level.Spent, standing.IsRefused, now));
        }
    }

    /// <summary>Whether the state machine does not show what the counter does.</summary>
    private bool IsBehind(
        BudgetPeriodState? state, Budget budget, long spent, BudgetStanding standing, DateTimeOffset now)
    {
        if (state is null)
            return !standing.IsQuiet;
        var reached = BudgetStanding.ThresholdsReachedBy(budget, spent, standing.IsRefused, now);
        return reached.Except(state.AnnouncedBasisPoints).Any()
            || (state.EndedAt is null && BudgetStanding.WellBelow(
                budget, state.AnnouncedBasisPoints, spent, standing.IsRefused, options.RearmBasisPoints, now)
                .Any())
            || (state.CurrentState != nameof(BudgetPeriodStateMachine.Closed)
                && state.CurrentState != BudgetPeriodStateMachine.StateOf(standing));
    }

    private Task<List<OpenedPeriod>> LateAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - options.LateWindow;
        return database.Periods
            .Where(period => period.EndedAt != null && period.EndsAt > since)
            .OrderByDescending(period => period.EndsAt)
            .Take(options.LatePeriodsMax)
            .ToListAsync(cancellationToken);
    }

    private async Task ForgetAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - options.PeriodRetention;
        await database.Periods
            .Where(period => period.EndedAt != null && period.EndsAt < before)
            .ExecuteDeleteAsync(cancellationToken);
        await database.PeriodStates.Where(state => state.EndedAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<IReadOnlyDictionary<OpenedPeriod, BudgetLevel>> ReadAsync(
        List<OpenedPeriod> periods, CancellationToken cancellationToken)
    {
        var levels = new ConcurrentDictionary<OpenedPeriod, BudgetLevel>();
        var atOnce = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.ConcurrentReads,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(periods, atOnce, async (period, token) =>
            levels[period] = await holds.ReadAsync(period.BudgetId, period.PeriodId, token));
        return levels;
    }
}
