using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Bus;
using MassTransit;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Stores usage, many envelopes at a time. Each is acknowledged when its own rows are in.</summary>
internal sealed class UsageRecordedConsumer(Gathering<UsageRecordedBatch> gathering) : IConsumer<UsageRecordedBatch>
{
    public Task Consume(ConsumeContext<UsageRecordedBatch> context) =>
        gathering.AddAsync(context.Message, context.CancellationToken);
}
