using LlmPlatform.Contracts.Usage;
using MassTransit;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Stores usage, many envelopes at a time. They are acknowledged when the rows are in.</summary>
internal sealed class UsageRecordedConsumer(UsageIntake intake) : IConsumer<Batch<UsageRecordedBatch>>
{
    public Task Consume(ConsumeContext<Batch<UsageRecordedBatch>> context) =>
        intake.StoreAsync([.. context.Message.Select(message => message.Message)], context.CancellationToken);
}
