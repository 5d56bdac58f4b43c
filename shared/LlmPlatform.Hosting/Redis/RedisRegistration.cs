using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Redis;

/// <summary>Adds Redis to a host.</summary>
public static class RedisRegistration
{
    /// <inheritdoc cref="AddRedis(IServiceCollection, RedisOptions)"/>
    public static IServiceCollection AddRedis(this IServiceCollection services, string connectionString) =>
        services.AddRedis(new RedisOptions { ConnectionString = connectionString });

    /// <summary>
    /// Registers one <see cref="RedisClient"/> for the process, which connects when the host starts, and a health check
    /// named <c>redis</c>. Modules that share a process may each call this; the first call's options hold.
    /// </summary>
    /// <exception cref="FormatException">The connection string is wrong; the message names the part.</exception>
    /// <exception cref="InvalidOperationException">Another module has registered another server.</exception>
    public static IServiceCollection AddRedis(this IServiceCollection services, RedisOptions options)
    {
        RedisEndpoint.Parse(options.ConnectionString);
        var registered = services
            .Select(service => service.ImplementationInstance)
            .OfType<RedisOptions>()
            .FirstOrDefault();
        if (registered is not null)
            return registered.ConnectionString == options.ConnectionString
                ? services
                : throw new InvalidOperationException("Two modules of this process name different Redis servers.");

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new RedisClient(
            provider.GetRequiredService<RedisOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<RedisClient>>()));
        services.AddSingleton<IHostedService, RedisStart>();
        services.AddHealthChecks().AddCheck<RedisHealthCheck>(RedisHealthCheck.Name);
        return services;
    }
}
