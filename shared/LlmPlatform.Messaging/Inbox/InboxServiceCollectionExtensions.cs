using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.Messaging;

/// <summary>Registers the inbox of a module.</summary>
public static class InboxServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IInbox{TContext}"/> (scoped) and the sweep that forgets old messages. The context itself is
    /// registered by the caller; its model must call <c>AddMessagingTables</c>.
    /// </summary>
    /// <typeparam name="TContext">The service's context.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; they are validated when the host starts.</param>
    public static IServiceCollection AddInbox<TContext>(
        this IServiceCollection services, Action<InboxOptions>? configure = null)
        where TContext : DbContext
    {
        services.AddOptions<InboxOptions>(typeof(TContext).FullName)
            .Configure(options => configure?.Invoke(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<IInbox<TContext>, Inbox<TContext>>();
        services.AddHostedService<InboxRetentionSweep<TContext>>();
        return services;
    }
}
