using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Bus;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Metering;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Alerting.Tests.Deliveries;

/// <summary>
/// A process that holds metering and alerting, over real servers: the saga, its outbox, and who tells.
/// </summary>
internal sealed class BudgetReplica : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BudgetReplica(WebApplication app) => _app = app;

    public IBus Bus => _app.Services.GetRequiredService<IBus>();

    public IServiceProvider Services => _app.Services;

    /// <summary>Migrates, and runs.</summary>
    /// <param name="postgres">An empty database, or one that another replica has migrated.</param>
    /// <param name="rabbitMq">A virtual host.</param>
    /// <param name="redis">Where metering counts.</param>
    /// <param name="file">Budgets and channels.</param>
    /// <param name="handled">Counts what was consumed.</param>
    public static async Task<BudgetReplica> StartAsync(
        string postgres, string rabbitMq, string redis, PlatformConfiguration file, IConsumeObserver handled)
    {
        var faults = new List<string>();
        var platform = new PlatformContext
        {
            Environment = new PlatformEnvironment
            {
                Postgres = postgres,
                RabbitMq = rabbitMq,
                Redis = redis,
                MasterKey = MasterKey.Read(AlertingReplica.MasterKeyText, faults),
            },
            Configuration = file,
            Settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                // The year is over: its periods are not to be forgotten while they are looked at.
                ["Metering:Budgets:PeriodRetention"] = "3650.00:00:00",
                ["Alerting:Channels:AllowedNetworks:0"] = "127.0.0.0/8",
                ["Alerting:Deliveries:PollInterval"] = "00:00:00.100",
                ["Alerting:Deliveries:TakeUpInterval"] = "00:00:00.500",
                ["Alerting:Deliveries:Pauses:0"] = "00:00:00.050",
            }).Build(),
        };
        Assert.Empty(faults);

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton(platform.Environment);
        builder.Services.AddSingleton<IPlatformConfigurationSource>(new FixedConfigurationSource(file));
        builder.Services.AddSingleton(TimeProvider.System);
        IServiceModule[] modules = [new MeteringModule(), new AlertingModule()];
        AddBus(builder.Services, modules, rabbitMq);
        foreach (var module in modules)
            module.AddServices(builder.Services, platform);

        var replica = new BudgetReplica(builder.Build());
        foreach (var module in modules)
            await module.MigrateAsync(replica.Services, TestContext.Current.CancellationToken);
        replica.Services.GetRequiredService<IBusControl>().ConnectConsumeObserver(handled);
        await replica._app.StartAsync(TestContext.Current.CancellationToken);
        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static void AddBus(IServiceCollection services, IServiceModule[] modules, string rabbitMq)
    {
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetEndpointNameFormatter(ServiceEndpointNameFormatter.Instance);
            foreach (var module in modules)
                module.AddConsumers(bus);
            bus.AddConfigureEndpointsCallback((_, endpoint) =>
                endpoint.UseMessageRetry(retry => retry.Interval(50, TimeSpan.FromMilliseconds(50))));
            bus.UsingRabbitMq((context, broker) =>
            {
                broker.Host(new Uri(rabbitMq));
                broker.PrefetchCount = 16;
                broker.ConfigureEndpoints(context);
            });
        });
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = true;
            host.StopTimeout = TimeSpan.FromSeconds(5);
        });
    }
}
