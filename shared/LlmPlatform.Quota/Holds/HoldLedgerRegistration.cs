using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Quota;

/// <summary>Adds limits and holds to a host.</summary>
public static class HoldLedgerRegistration
{
    /// <summary>
    /// Registers one <see cref="HoldLedger"/>, <see cref="WithdrawnSecrets"/> and <see cref="CounterSeeds"/> for the
    /// process, and <see cref="HoldOptions"/>. Modules that share a process may each call this. Redis is to be added
    /// beside it.
    /// </summary>
    public static IServiceCollection AddHoldLedger(this IServiceCollection services, PlatformContext platform)
    {
        if (services.Any(service => service.ServiceType == typeof(HoldLedger)))
            return services;
        services.AddValidatedOptions<HoldOptions>(platform, HoldOptions.Section);
        services.AddSingleton<WithdrawnSecrets>();
        services.AddSingleton<CounterSeeds>();
        return services.AddSingleton(provider => new HoldLedger(
            provider.GetRequiredService<RedisClient>(),
            provider.GetRequiredService<HoldOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<HoldLedger>>()));
    }
}
