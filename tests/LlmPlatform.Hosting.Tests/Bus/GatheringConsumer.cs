using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Bus;
using MassTransit;

namespace LlmPlatform.Hosting.Tests.Bus;

public sealed class GatheringConsumer(Gathering<UsageRecordedBatch> gathering) : IConsumer<UsageRecordedBatch>
{
    public Task Consume(ConsumeContext<UsageRecordedBatch> context) =>
        gathering.AddAsync(context.Message, context.CancellationToken);
}
