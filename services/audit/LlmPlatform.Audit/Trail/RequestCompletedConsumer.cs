using LlmPlatform.Contracts.Requests;
using MassTransit;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// Records requests. Several envelopes make one append: the cost of a transaction is shared by thousands of requests.
/// An envelope that arrives twice, or out of order, adds nothing: the id of a request is unique in the trail.
/// </summary>
internal sealed class RequestCompletedConsumer(TrailWriter trail) : IConsumer<Batch<RequestCompletedBatch>>
{
    public Task Consume(ConsumeContext<Batch<RequestCompletedBatch>> context) =>
        trail.AppendAsync(
            [.. context.Message.SelectMany(envelope => envelope.Message.Events).Select(TrailContent.Of)],
            context.CancellationToken);

    internal sealed class Definition(TrailOptions options) : ConsumerDefinition<RequestCompletedConsumer>
    {
        protected override void ConfigureConsumer(
            IReceiveEndpointConfigurator endpointConfigurator,
            IConsumerConfigurator<RequestCompletedConsumer> consumerConfigurator,
            IRegistrationContext context) =>
            consumerConfigurator.Options<BatchOptions>(batch => batch
                .SetMessageLimit(options.EnvelopesPerAppend)
                .SetTimeLimit(options.AppendWait)
                .SetTimeLimitStart(BatchTimeLimitStart.FromFirst)

                // Appends follow one another anyhow; a second one would only wait for the lock.
                .SetConcurrencyLimit(1));
    }
}
