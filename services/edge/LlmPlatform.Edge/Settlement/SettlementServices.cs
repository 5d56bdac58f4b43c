using System.Diagnostics.Metrics;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Health;
using LlmPlatform.Hosting.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What the module registers for settlement.</summary>
internal static class SettlementServices
{
    /// <summary>
    /// Registers the spool, the shipper and the settler. Whoever calls this registers a <see cref="SettleHolds"/>.
    /// Starting the shipper opens the spool, and that recovers it: hosted services start before the server listens.
    /// </summary>
    public static IServiceCollection AddSettlement(
        this IServiceCollection services, PlatformContext platform, IServiceModule module)
    {
        services.AddValidatedOptions<SpoolOptions>(platform, SpoolOptions.Section);
        services.AddValidatedOptions<ShipperOptions>(platform, ShipperOptions.Section);
        services.AddValidatedOptions<HoldSettlerOptions>(platform, HoldSettlerOptions.Section);
        services.AddSingleton(provider => UsageSpool.Open(
            Path.Combine(platform.Environment.DataDirectory, "spool"),
            provider.GetRequiredService<SpoolOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IMeterFactory>().Create("LlmPlatform.Edge"),
            provider.GetRequiredService<ILogger<UsageSpool>>()));
        services.AddSingleton(_ => new RequiredQueues(new Uri(platform.Environment.RabbitMq)));
        services.AddDependency(module, "spool", required: true, (provider, _) =>
            ValueTask.FromResult(provider.GetRequiredService<UsageSpool>().RefusalReason));
        services.AddValidatedOptions<WatermarkOptions>(platform, WatermarkOptions.Section);

        // Before the shipper, and so stopped after it: what it says last is the last there is.
        services.AddHostedService<WatermarkAnnouncer>();
        services.AddHostedService<SpoolShipper>();
        services.AddSingleton<HoldSettler>();
        services.AddHostedService(provider => provider.GetRequiredService<HoldSettler>());
        return services;
    }
}
