using LlmPlatform.Alerting.Channels;
using LlmPlatform.Contracts.Pricing;
using MassTransit;

namespace LlmPlatform.Alerting.Notices;

/// <summary>Says that usage comes which no price is known for. A repeat tells nobody again.</summary>
internal sealed class UnpricedUsageFoundConsumer(NoticeBook notices, ChannelDesk channels, NoticeOptions options)
    : IConsumer<UnpricedUsageFound>
{
    public Task Consume(ConsumeContext<UnpricedUsageFound> context) => notices.PostAsync(
        FormattableString.Invariant(
            $"unpriced\n{context.Message.Sku}\n{context.Message.ServiceTier}\n{context.Message.FoundAt:O}"),
        NoticeOf(context.Message),
        options.PricingChannels ?? [.. channels.Channels.Select(channel => channel.Name)],
        context.CancellationToken);

    private static AlertNotice NoticeOf(UnpricedUsageFound found)
    {
        var (sku, model, provider) = (
            AlertNotice.OneLine(found.Sku), AlertNotice.OneLine(found.Model), AlertNotice.OneLine(found.Provider));
        return new AlertNotice
        {
            DeliveryId = Guid.Empty,
            Kind = "usage.unpriced",
            OccurredAt = found.FoundAt,
            Title = $"Usage of {model} at {provider} has no price",
            Text = $"{model} at {provider} is used in the tier {found.ServiceTier}, and no price is known for {sku}. "
                + "It is on no bill until somebody gives one, and then it is rated anew.",
            Facts =
            [
                new NoticeFact("Model", model),
                new NoticeFact("Provider", provider),
                new NoticeFact("Tier", found.ServiceTier),
                new NoticeFact("Price of", sku),
            ],
            Data = new { sku = found.Sku, model = found.Model, provider = found.Provider, tier = found.ServiceTier },
        };
    }
}
