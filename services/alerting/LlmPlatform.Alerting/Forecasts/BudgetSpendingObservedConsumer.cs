using LlmPlatform.Contracts.Budgets;
using MassTransit;

namespace LlmPlatform.Alerting.Forecasts;

/// <summary>Remembers what a budget has spent and says what is to be expected of it.</summary>
internal sealed class BudgetSpendingObservedConsumer(SpendingForecasts forecasts) : IConsumer<BudgetSpendingObserved>
{
    public Task Consume(ConsumeContext<BudgetSpendingObserved> context) =>
        forecasts.TakeAsync(context.Message, context.CancellationToken);
}
