using LlmPlatform.Contracts.Budgets;
using MassTransit;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>Closes what a threshold that is no longer reached left open with whoever is on call.</summary>
internal sealed class BudgetThresholdRearmedConsumer(AlertBook alerts) : IConsumer<BudgetThresholdRearmed>
{
    public Task Consume(ConsumeContext<BudgetThresholdRearmed> context) => alerts.CloseAsync(
        context.Message.BudgetId,
        context.Message.PeriodId,
        alert => alert.ThresholdBasisPoints == context.Message.ThresholdBasisPoints
            && alert.Episode <= context.Message.Episode,
        "The limit was raised, or what was spent corrected: calls are admitted again.",
        context.CancellationToken);
}
