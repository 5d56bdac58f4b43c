using LlmPlatform.Hosting.Configuration.Watching;
using LlmPlatform.Hosting.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Makes the configuration file known to the services of a host.</summary>
public static class ConfigurationRegistration
{
    /// <summary>
    /// Registers <see cref="IPlatformConfigurationSource"/>. A configuration read from a file is followed: once the
    /// host runs, its files are looked at again every <c>Hosting:Configuration:Watch:Interval</c> (default 1 s).
    /// </summary>
    /// <param name="services">The services of the host; a <see cref="TimeProvider"/> is expected among them.</param>
    /// <param name="initial">The configuration the host starts with.</param>
    /// <param name="environment">Looks up environment variables; default those of the process.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddPlatformConfiguration(
        this IServiceCollection services,
        PlatformConfiguration initial,
        Func<string, string?>? environment = null)
    {
        if (initial.Sources is null)
            return services.AddSingleton<IPlatformConfigurationSource>(new FixedConfigurationSource(initial));

        services.AddValidatedOptions<ConfigurationWatchOptions>(ConfigurationWatchOptions.Section);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ConfigurationFileWatcher>(
            provider, initial, environment ?? Environment.GetEnvironmentVariable));
        services.AddSingleton<IPlatformConfigurationSource>(
            provider => provider.GetRequiredService<ConfigurationFileWatcher>());
        return services.AddSingleton<IHostedService>(
            provider => provider.GetRequiredService<ConfigurationFileWatcher>());
    }
}
