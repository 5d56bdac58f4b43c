using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Metering.Limits;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Metering.Budgets;

/// <summary>
/// The life of a budget period: open, warned once a threshold is reached, exhausted once the limit is, closed once it
/// has ended. It speaks once for each threshold of the period, whatever repeats, overtakes or comes late: it is told
/// levels, not differences, and remembers which thresholds it has announced. A threshold is armed again when a raised
/// limit or a correction takes spending well below it.
/// </summary>
internal sealed class BudgetPeriodStateMachine : MassTransitStateMachine<BudgetPeriodState>
{
    private readonly BudgetOptions _options;

    public BudgetPeriodStateMachine(BudgetOptions options)
    {
        _options = options;
        InstanceState(period => period.CurrentState);
        Event(() => PeriodOpened, opened => opened.CorrelateById(context =>
            BudgetPeriodState.IdOf(context.Message.BudgetId, context.Message.PeriodId)));
        Event(() => UsageAdvanced, usage => usage.CorrelateById(context =>
            BudgetPeriodState.IdOf(context.Message.BudgetId, context.Message.PeriodId)));
        Event(() => PeriodEnded, ended => ended.CorrelateById(context =>
            BudgetPeriodState.IdOf(context.Message.BudgetId, context.Message.PeriodId)));

        // Messages overtake each other: each of the three may be the first that is heard of a period.
        Initially(
            When(PeriodOpened)
                .Then(context => Name(context.Saga, context.Message.BudgetId, context.Message.PeriodId))
                .TransitionTo(Open),
            Follow(When(UsageAdvanced)
                .Then(context => Name(context.Saga, context.Message.BudgetId, context.Message.PeriodId))
                .TransitionTo(Open)
                .ThenAsync(AnnounceCrossingsAsync)),
            When(PeriodEnded)
                .Then(context => Name(context.Saga, context.Message.BudgetId, context.Message.PeriodId))
                .Then(context => context.Saga.EndedAt = context.Message.EndedAt)
                .TransitionTo(Closed));

        // A change of the budget is heard of as a level measured against its new revision.
        During(Open, Warned, Exhausted,
            Ignore(PeriodOpened),
            Follow(When(UsageAdvanced).ThenAsync(AnnounceCrossingsAsync)),
            When(PeriodEnded)
                .Then(context => context.Saga.EndedAt = context.Message.EndedAt)
                .TransitionTo(Closed));

        // What was admitted before the end may be settled after it, and is worth the same alert.
        During(Closed,
            When(UsageAdvanced).ThenAsync(AnnounceCrossingsAsync),
            Ignore(PeriodEnded),

            // A late announcement of the beginning names the end that has passed. One that names a later end is of a
            // budget that moved to another time zone: the period goes on.
            When(PeriodOpened, context => context.Message.EndsAt > context.Saga.EndedAt)
                .Then(context => context.Saga.EndedAt = null)
                .TransitionTo(Open));
    }

    public State Open { get; private set; } = null!;

    public State Warned { get; private set; } = null!;

    public State Exhausted { get; private set; } = null!;

    public State Closed { get; private set; } = null!;

    public Event<BudgetPeriodOpened> PeriodOpened { get; private set; } = null!;

    public Event<BudgetUsageAdvanced> UsageAdvanced { get; private set; } = null!;

    public Event<BudgetPeriodEnded> PeriodEnded { get; private set; } = null!;

    /// <summary>The state a period that has not ended is in by its standing.</summary>
    public static string StateOf(BudgetStanding standing) =>
        standing.IsExhausted ? nameof(Exhausted) : standing.ThresholdsReached > 0 ? nameof(Warned) : nameof(Open);

    private EventActivityBinder<BudgetPeriodState, BudgetUsageAdvanced> Follow(
        EventActivityBinder<BudgetPeriodState, BudgetUsageAdvanced> usage) => usage
        .If(context => IsNow(context.Saga, Open), quiet => quiet.TransitionTo(Open))
        .If(context => IsNow(context.Saga, Warned), warned => warned.TransitionTo(Warned))
        .If(context => IsNow(context.Saga, Exhausted), exhausted => exhausted.TransitionTo(Exhausted));

    private static bool IsNow(BudgetPeriodState period, State state) =>
        period.Standing is { } standing && StateOf(standing) == state.Name;

    // In the unit of its budget.
    private static long SpentOf(BudgetUsageAdvanced level) => level.SpentTokens ?? level.SpentNanoUsd;

    private static void Name(BudgetPeriodState period, string budgetId, string periodId)
    {
        period.BudgetId = budgetId;
        period.PeriodId = periodId;
    }

    private async Task AnnounceCrossingsAsync(BehaviorContext<BudgetPeriodState, BudgetUsageAdvanced> context)
    {
        var (period, level) = (context.Saga, context.Message);
        var spent = SpentOf(level);
        var database = context.GetPayload<MeteringDbContext>();
        var budget = await database.Budgets.AsNoTracking().FirstOrDefaultAsync(
            known => known.Id == level.BudgetId && known.RetiredAt == null, context.CancellationToken);

        // Nobody waits for news of a budget that was deleted.
        if (budget is null)
            return;

        // The level holds whatever the limit was when it was read; a refusal holds only for the limit that refused.
        var revision = budget.InForceAt(level.ObservedAt).Revision;
        if (level.Refused && level.Revision == revision)
            period.RefusedRevision = revision;

        // Two that settle in the same millisecond may come in either order: the higher is the later one.
        var isNewest = period.ObservedAt is null || level.ObservedAt > period.ObservedAt;
        if (isNewest || (level.ObservedAt == period.ObservedAt && spent > period.Spent))
            (period.Spent, period.ObservedAt) = (spent, level.ObservedAt);
        var newest = period.ObservedAt ?? level.ObservedAt;
        period.Revision = budget.InForceAt(newest).Revision;
        var isRefused = period.RefusedRevision == period.Revision;
        period.Standing = BudgetStanding.Of(budget, period.Spent, isRefused, newest);

        // Only the newest level can show that spending has fallen: an older one is of before, and so may be one of the
        // same millisecond. What is corrected after the end of a period concerns nobody's calls.
        if (isNewest && period.EndedAt is null)
            await RearmAsync(context, budget, isRefused);

        int[] crossed =
        [
            .. BudgetStanding.ThresholdsReachedBy(budget, spent, isRefused, level.ObservedAt)
                .Except(period.AnnouncedBasisPoints),
        ];
        if (crossed.Length == 0)
            return;

        // A level of before spending fell is worth no second alert.
        if (period.RearmedBasisPoints.Length > 0 && level.ObservedAt < period.ObservedAt)
            return;

        var instants = await InstantsAsync(context, database, budget);
        foreach (var threshold in crossed)
        {
            var episode = period.EpisodeOf(threshold);
            var crossing = BudgetMessages.Crossed(
                budget, level.PeriodId, instants, threshold, spent, episode, level.ObservedAt);
            var id = BudgetPeriodState.CrossingIdOf(budget.Id, level.PeriodId, threshold, episode);
            await context.Publish(crossing, publish => publish.MessageId = id, context.CancellationToken);
        }

        period.AnnouncedBasisPoints = [.. period.AnnouncedBasisPoints.Concat(crossed).Order()];
    }

    private async Task RearmAsync(
        BehaviorContext<BudgetPeriodState, BudgetUsageAdvanced> context, Budget budget, bool isRefused)
    {
        var (period, level) = (context.Saga, context.Message);
        int[] below =
        [
            .. BudgetStanding.WellBelow(
                budget, period.AnnouncedBasisPoints, SpentOf(level), isRefused,
                _options.RearmBasisPoints, level.ObservedAt),
        ];
        foreach (var threshold in below)
        {
            var rearmed = new BudgetThresholdRearmed
            {
                BudgetId = budget.Id,
                PeriodId = level.PeriodId,
                ThresholdBasisPoints = threshold,
                Episode = period.EpisodeOf(threshold),
                RearmedAt = level.ObservedAt,
            };
            await context.Publish(rearmed, context.CancellationToken);
        }

        period.RearmedBasisPoints = [.. period.RearmedBasisPoints.Concat(below)];
        period.AnnouncedBasisPoints = [.. period.AnnouncedBasisPoints.Except(below)];
    }

    private static async Task<(DateTimeOffset StartsAt, DateTimeOffset EndsAt)> InstantsAsync(
        BehaviorContext<BudgetPeriodState, BudgetUsageAdvanced> context, MeteringDbContext database, Budget budget)
    {
        var level = context.Message;
        var opened = await database.Periods.AsNoTracking().FirstOrDefaultAsync(
            period => period.BudgetId == level.BudgetId && period.PeriodId == level.PeriodId,
            context.CancellationToken);
        if (opened is not null)
            return (opened.StartsAt, opened.EndsAt);

        // Whoever announces a level writes the period first; only a message made by hand comes here.
        var computed = budget.Definition().Calendar().At(level.ObservedAt);
        return computed.Id == level.PeriodId
            ? (computed.StartsAt, computed.EndsAt)
            : throw new InvalidDataException($"Period {level.PeriodId} of budget {level.BudgetId} is not known.");
    }
}
