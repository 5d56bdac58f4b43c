using MassTransit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting;

/// <summary>
/// A service: what it registers, consumes and serves. A host names one or several; no module can tell which it is in,
/// and none knows another.
/// </summary>
public interface IServiceModule
{
    /// <summary>
    /// Lower case, one word: the prefix of its queues and its database schema, for example <c>billing</c>.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// The servers it cannot work without. A host whose environment lacks one of them does not start.
    /// </summary>
    ServerKinds Needs { get; }

    /// <summary>
    /// True for the module whose callers wait: its host stays ready as long as that module can serve, whatever the
    /// others in the process lack.
    /// </summary>
    bool ServesCallers => false;

    /// <summary>Registers services, options, background loops and readiness checks.</summary>
    void AddServices(IServiceCollection services, PlatformContext platform);

    /// <summary>
    /// Registers consumers and state machines, each by name; queue names get the module's prefix by themselves.
    /// </summary>
    void AddConsumers(IBusRegistrationConfigurator bus);

    /// <summary>Maps what the service serves over HTTP.</summary>
    void MapEndpoints(IEndpointRouteBuilder endpoints);

    /// <summary>
    /// Brings the service's stores to this version. Runs before any host of the version does; safe to run twice, and at
    /// once on several machines.
    /// </summary>
    Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken);

    /// <summary>
    /// Derives again what the service derives from what it keeps; what is right stays as it is. Safe to run at any
    /// time, and twice.
    /// </summary>
    /// <returns>What came out, with a hash that the same facts always give; null: nothing here is derived.</returns>
    Task<string?> RebuildAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);
}
