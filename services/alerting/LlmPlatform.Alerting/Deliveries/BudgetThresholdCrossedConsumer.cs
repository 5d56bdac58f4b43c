using LlmPlatform.Contracts.Budgets;
using MassTransit;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>Opens an alert for a crossing. One that arrives again, from whichever replica, opens nothing.</summary>
internal sealed class BudgetThresholdCrossedConsumer(AlertBook alerts) : IConsumer<BudgetThresholdCrossed>
{
    public Task Consume(ConsumeContext<BudgetThresholdCrossed> context) =>
        alerts.OpenAsync(context.Message, context.CancellationToken);
}
