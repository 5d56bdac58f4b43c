using LlmPlatform.Contracts.Operations;
using LlmPlatform.Contracts.Pricing;
using MassTransit;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>Says that what came without a price has one.</summary>
internal sealed class UnpricedUsageRatedConsumer(IncidentBook incidents) : IConsumer<UnpricedUsageRated>
{
    public Task Consume(ConsumeContext<UnpricedUsageRated> context) => incidents.HearAsync(
        new ConditionObserved
        {
            Condition = Conditions.Unpriced,
            Subject = UnpricedUsageFoundConsumer.SubjectOf(context.Message.Sku, context.Message.ServiceTier),
            Holds = false,
            Detail = "all of it is rated",
            ObservedAt = context.Message.RatedAt,
        },
        named: null,
        context.CancellationToken);
}
