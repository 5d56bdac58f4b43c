using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>Registers the configuration the host started on.</summary>
internal static class PlatformConfigurationServices
{
    public static IServiceCollection AddPlatformConfiguration(
        this IServiceCollection services, PlatformConfiguration configuration)
    {
        services.TryAddSingleton<IPlatformConfigurationSource>(new FixedConfigurationSource(configuration));
        return services;
    }
}
