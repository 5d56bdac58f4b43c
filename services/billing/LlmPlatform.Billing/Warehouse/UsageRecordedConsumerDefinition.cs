using MassTransit;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>How many envelopes are gathered, and for how long.</summary>
internal sealed class UsageRecordedConsumerDefinition(IngestOptions options) : ConsumerDefinition<UsageRecordedConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<UsageRecordedConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        // While one batch is being stored the next is gathered.
        endpointConfigurator.PrefetchCount = Math.Min(2 * options.BatchMessages, ushort.MaxValue);
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(options.BatchMessages)
            .SetTimeLimit(options.BatchTime)
            .SetTimeLimitStart(BatchTimeLimitStart.FromFirst)
            .SetConcurrencyLimit(1));
    }
}
