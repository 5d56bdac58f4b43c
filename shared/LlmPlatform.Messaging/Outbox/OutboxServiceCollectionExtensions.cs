using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.Messaging;

/// <summary>Registers the outbox of a module.</summary>
public static class OutboxServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IOutbox{TContext}"/> (scoped) and the background service that empties it. The context itself
    /// is registered by the caller; its model must call <c>AddMessagingTables</c>.
    /// </summary>
    /// <typeparam name="TContext">Whose outbox it is: modules do not touch each other's rows.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; they are validated when the host starts.</param>
    public static IServiceCollection AddOutbox<TContext>(
        this IServiceCollection services, Action<OutboxOptions>? configure = null)
        where TContext : DbContext
    {
        services.AddOptions<OutboxOptions>(typeof(TContext).FullName)
            .Configure(options => configure?.Invoke(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<MessageContracts>();
        services.TryAddSingleton<OutboxPublisher>();
        services.TryAddSingleton<OutboxSignal<TContext>>();
        services.TryAddSingleton<OutboxCommitInterceptor<TContext>>();
        services.TryAddSingleton<OutboxTelemetry<TContext>>();
        services.TryAddScoped<Outbox<TContext>>();
        services.TryAddScoped<IOutbox<TContext>>(provider => provider.GetRequiredService<Outbox<TContext>>());
        services.ConfigureDbContext<TContext>((provider, options) =>
            options.AddInterceptors(provider.GetRequiredService<OutboxCommitInterceptor<TContext>>()));
        services.AddHostedService<OutboxDispatcher<TContext>>();
        return services;
    }

    /// <summary>
    /// Lets the public types of an assembly travel through the outboxes of this process. Call it once for each
    /// assembly of contracts; repeats change nothing.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="assembly">Where the contracts are.</param>
    public static IServiceCollection AddMessageContracts(this IServiceCollection services, Assembly assembly) =>
        services.AddSingleton(new MessageContractAssembly(assembly));
}
