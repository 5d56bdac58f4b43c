using LlmPlatform.Contracts.Requests;
using LlmPlatform.Hosting.Bus;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// Records requests. Several envelopes make one append: the cost of a transaction is shared by thousands of requests.
/// An envelope that arrives twice, or out of order, adds nothing: the id of a request is unique in the trail.
/// </summary>
internal sealed class RequestCompletedConsumer(Gathering<RequestCompletedBatch> gathering)
    : IConsumer<RequestCompletedBatch>
{
    public Task Consume(ConsumeContext<RequestCompletedBatch> context) =>
        gathering.AddAsync(context.Message, context.CancellationToken);

    /// <summary>Gathers envelopes for one append. Appends follow one another anyhow.</summary>
    public static Gathering<RequestCompletedBatch> Gathering(IServiceProvider services)
    {
        var options = services.GetRequiredService<TrailOptions>();
        return new Gathering<RequestCompletedBatch>(
            options.EnvelopesPerAppend,
            options.AppendWait,
            async (envelopes, cancellationToken) =>
            {
                await using var scope = services.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<TrailWriter>().AppendAsync(
                    [.. envelopes.SelectMany(envelope => envelope.Events).Select(TrailContent.Of)], cancellationToken);
            },
            services.GetRequiredService<TimeProvider>());
    }

    internal sealed class Definition(TrailOptions options) : ConsumerDefinition<RequestCompletedConsumer>
    {
        protected override void ConfigureConsumer(
            IReceiveEndpointConfigurator endpointConfigurator,
            IConsumerConfigurator<RequestCompletedConsumer> consumerConfigurator,
            IRegistrationContext context) =>
            endpointConfigurator.PrefetchCount = 2 * options.EnvelopesPerAppend;
    }
}
