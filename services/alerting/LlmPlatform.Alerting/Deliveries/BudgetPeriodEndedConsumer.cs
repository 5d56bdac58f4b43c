using LlmPlatform.Contracts.Budgets;
using MassTransit;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>Closes what a period that has ended left open with whoever is on call.</summary>
internal sealed class BudgetPeriodEndedConsumer(AlertBook alerts) : IConsumer<BudgetPeriodEnded>
{
    public Task Consume(ConsumeContext<BudgetPeriodEnded> context) => alerts.CloseAsync(
        context.Message.BudgetId,
        context.Message.PeriodId,
        _ => true,
        "A new period has begun, and calls are admitted again.",
        context.CancellationToken);
}
