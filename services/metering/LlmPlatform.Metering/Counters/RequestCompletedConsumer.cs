using LlmPlatform.Contracts.Requests;
using LlmPlatform.Metering.Budgets;
using LlmPlatform.Quota;
using MassTransit;

namespace LlmPlatform.Metering.Counters;

/// <summary>
/// Hears of budgets that refuse: for the caller the budget is used up then, though what is spent may lie a little below
/// its limit. A refusal that only open holds caused is none of it.
/// </summary>
internal sealed class RequestCompletedConsumer(HoldLedger holds, LevelAnnouncer levels, TimeProvider clock)
    : IConsumer<RequestCompletedBatch>
{
    public async Task Consume(ConsumeContext<RequestCompletedBatch> context)
    {
        var refusals = context.Message.Events
            .Where(request => request.RefusedBudget is { HeldOnly: false })
            .GroupBy(request => (request.RefusedBudget!.BudgetId, request.RefusedBudget.PeriodId))
            .ToList();
        var observed = new List<ObservedLevel>(refusals.Count);
        foreach (var refusal in refusals)
        {
            var (budgetId, periodId) = refusal.Key;
            var level = await holds.ReadAsync(budgetId, periodId, context.CancellationToken);
            observed.Add(new ObservedLevel
            {
                BudgetId = budgetId,
                PeriodId = periodId,
                Spent = level.Spent,
                ObservedAt = clock.GetUtcNow(),
                PeriodContains = refusal.Max(request => request.OccurredAt),
                Revision = level.Revision,
                IsRefused = true,
            });
        }

        await levels.AnnounceAsync(observed, context.CancellationToken);
    }
}
