using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace LlmPlatform.Hosting;

/// <summary>What a module may know while it registers itself.</summary>
public sealed class PlatformContext
{
    /// <summary>Where servers, services and files are.</summary>
    public required PlatformEnvironment Environment { get; init; }

    /// <summary>
    /// The configuration file as it was at start; <see cref="IPlatformConfigurationSource"/> follows its changes.
    /// </summary>
    public required PlatformConfiguration Configuration { get; init; }

    /// <summary>
    /// Options of the services: environment variables such as <c>Billing__Warehouse__MaxBatchRows</c>.
    /// </summary>
    public required IConfiguration Settings { get; init; }

    /// <summary>
    /// True where what follows on a socket runs on the thread that heard of it, so that nothing may block there.
    /// </summary>
    public bool HasInlineSockets { get; init; }
}
