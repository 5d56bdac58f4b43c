using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Contracts.Pricing;
using MassTransit;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>Says that usage comes which no price is known for.</summary>
internal sealed class UnpricedUsageFoundConsumer(IncidentBook incidents, NoticeOptions options)
    : IConsumer<UnpricedUsageFound>
{
    public Task Consume(ConsumeContext<UnpricedUsageFound> context) => incidents.HearAsync(
        new ConditionObserved
        {
            Condition = Conditions.Unpriced,
            Subject = SubjectOf(context.Message.Sku, context.Message.ServiceTier),
            Holds = true,
            Detail = $"{context.Message.Model} at {context.Message.Provider}, tier {context.Message.ServiceTier}",
            ObservedAt = context.Message.FoundAt,
        },
        options.PricingChannels,
        context.CancellationToken);

    /// <summary>A deployment in a tier; the usual tier is not named.</summary>
    public static string SubjectOf(string sku, string tier) => tier == "standard" ? sku : $"{sku} ({tier})";
}
