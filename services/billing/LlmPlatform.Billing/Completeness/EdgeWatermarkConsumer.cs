using LlmPlatform.Contracts.Usage;
using MassTransit;

namespace LlmPlatform.Billing.Completeness;

/// <summary>Notes how far edges have counted. A repeat changes nothing, and what is lost is said again.</summary>
internal sealed class EdgeWatermarkConsumer(SpoolWatermarks watermarks) : IConsumer<EdgeWatermark>
{
    public Task Consume(ConsumeContext<EdgeWatermark> context) =>
        watermarks.HearAsync(context.Message, context.CancellationToken);
}
