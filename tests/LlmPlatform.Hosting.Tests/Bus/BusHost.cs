using System.Globalization;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Options;
using LlmPlatform.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Hosting.Tests.Bus;

/// <summary>The bus of a process, as PlatformHost registers it, with the consumers of one test.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    private readonly IHost _host;

    private BusHost(IHost host) => _host = host;

    public IBusControl Bus => _host.Services.GetRequiredService<IBusControl>();

    public static BusHost Build(
        string rabbitMq,
        Action<IBusRegistrationConfigurator> consumers,
        bool topologyOnly = false,
        object? state = null,
        int deliveries = 3)
    {
        var platform = new PlatformContext
        {
            Environment = new PlatformEnvironment { RabbitMq = rabbitMq },
            Configuration = new PlatformConfiguration(),
            Settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Bus:RetryLimit"] = "2",
                ["Bus:RetryMaxInterval"] = "00:00:00.2",
                ["Bus:DeliveryLimit"] = deliveries.ToString(CultureInfo.InvariantCulture),
                ["Bus:ErrorQueueInterval"] = "00:00:00.2",
            }).Build(),
        };
        var builder = Host.CreateEmptyApplicationBuilder(null);

        // MassTransit keeps the first logger factory it meets for the whole process: one that no host disposes of.
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddValidatedOptions<BusOptions>(platform, BusOptions.Section);
        builder.Services.AddPlatformBus(platform, [new Module(consumers)], topologyOnly);
        if (state is not null)
            builder.Services.AddSingleton(state.GetType(), state);
        return new BusHost(builder.Build());
    }

    public static async Task<BusHost> StartAsync(
        string rabbitMq,
        Action<IBusRegistrationConfigurator> consumers,
        object? state = null,
        int deliveries = 3)
    {
        var host = Build(rabbitMq, consumers, state: state, deliveries: deliveries);
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.UntilAsync(
            () => host.Bus.CheckHealth().Status == BusHealthStatus.Healthy,
            TimeSpan.FromSeconds(60),
            "the bus is connected",
            TestContext.Current.CancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private sealed class Module(Action<IBusRegistrationConfigurator> consumers) : IServiceModule
    {
        public string Name => "hosting";

        public ServerKinds Needs => ServerKinds.RabbitMq;

        public void AddServices(IServiceCollection services, PlatformContext platform)
        {
        }

        public void AddConsumers(IBusRegistrationConfigurator bus) => consumers(bus);

        public void MapEndpoints(IEndpointRouteBuilder endpoints)
        {
        }

        public Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
