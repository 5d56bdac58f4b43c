using MassTransit;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>While one batch of envelopes is being stored the next is gathered.</summary>
internal sealed class UsageRecordedConsumerDefinition(IngestOptions options) : ConsumerDefinition<UsageRecordedConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<UsageRecordedConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        endpointConfigurator.PrefetchCount = Math.Min(2 * options.BatchMessages, ushort.MaxValue);
}
