using LlmPlatform.Hosting.Health;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting.Bus;

/// <summary>
/// The one bus of a process: quorum queues, publisher confirms, retries, then the <c>_error</c> queue. Every module's
/// consumers hang on it, each on queues of its own.
/// </summary>
internal static class PlatformBus
{
    /// <summary>Where messages go that keep killing their consumer.</summary>
    internal const string Parked = "parked";

    public static void AddPlatformBus(
        this IServiceCollection services,
        PlatformContext platform,
        IReadOnlyList<IServiceModule> modules,
        bool topologyOnly)
    {
        // The first bus of a process would otherwise keep its logger for every later one, also when it is disposed of.
        LogContext.Current = null;

        var queues = new ReceiveQueues();
        services.AddSingleton(queues);
        if (!topologyOnly)
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ErrorQueueWatch>(
                provider, new Uri(platform.Environment.RabbitMq)));
        }

        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(ServiceEndpointNameFormatter.Instance);
            foreach (var module in modules)
            {
                module.AddConsumers(bus);
            }

            bus.AddConfigureEndpointsCallback(Configure);
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(platform.Environment.RabbitMq), host =>
                {
                    host.PublisherConfirmation = true;
                    host.Heartbeat(TimeSpan.FromSeconds(10));

                    // A broker that has just started may take its time over a declaration. One that is given up leaves
                    // a channel that takes the answer to the next for the late one, and hangs for ever; a peer that is
                    // gone is noticed by its missing heartbeats.
                    host.ContinuationTimeout(TimeSpan.FromMinutes(2));
                });
                rabbit.AddDeserializer(new BatchEnvelopeReader());
                rabbit.PrefetchCount = context.GetRequiredService<IOptions<BusOptions>>().Value.PrefetchCount;
                rabbit.DeployTopologyOnly = topologyOnly;
                rabbit.ConfigureEndpoints(context);
            });
        });

        // Shown by every host; a module that cannot do without the bus says so itself.
        foreach (var module in modules)
        {
            services.AddDependency(module, "rabbitmq", required: false, (provider, _) => ValueTask.FromResult(
                provider.GetRequiredService<IBusControl>().CheckHealth().Status == BusHealthStatus.Healthy
                    ? null
                    : "the bus is not connected"));
        }

        // An edge must serve while the broker is away. Nothing can be lost for it: `--migrate` declared every queue
        // before.
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = topologyOnly;
            host.StartTimeout = topologyOnly ? TimeSpan.FromMinutes(1) : null;
            host.StopTimeout = TimeSpan.FromSeconds(30);
        });
    }

    private static void Configure(IRegistrationContext context, string queue, IReceiveEndpointConfigurator endpoint)
    {
        var options = context.GetRequiredService<IOptions<BusOptions>>().Value;
        if (Announcements.IsAnnouncement(queue))
        {
            return;
        }

        context.GetRequiredService<ReceiveQueues>().Add(queue);

        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            rabbit.SetQuorumQueue(options.QuorumGroupSize);
            rabbit.SetQueueArgument("x-delivery-limit", options.DeliveryLimit);
            rabbit.BindDeadLetterQueue(Parked, Parked, queue => queue.SetQueueArgument("x-queue-type", "quorum"));
        }

        endpoint.UseMessageRetry(retry => retry.Exponential(
            options.RetryLimit,
            TimeSpan.FromMilliseconds(100),
            options.RetryMaxInterval,
            TimeSpan.FromMilliseconds(200)));
    }
}
