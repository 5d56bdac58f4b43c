using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace LlmPlatform.Hosting;

/// <summary>Reads all that a host starts from, and collects every fault before it says any.</summary>
internal sealed class PlatformStart
{
    private PlatformStart(PlatformContext? platform, IReadOnlyList<string> faults, IReadOnlyList<string> notices)
    {
        Platform = platform;
        Faults = faults;
        Notices = notices;
    }

    /// <summary>Null when there is a fault.</summary>
    public PlatformContext? Platform { get; }

    public IReadOnlyList<string> Faults { get; }

    public IReadOnlyList<string> Notices { get; }

    public static PlatformStart Read(
        IReadOnlyList<IServiceModule> modules, Func<string, string?> variable, bool hasInlineSockets = false)
    {
        var faults = new List<string>();
        var needs = modules.Aggregate(ServerKinds.RabbitMq, (all, module) => all | module.Needs);
        var environment = PlatformEnvironment.Read(variable, needs, faults);
        var loaded = PlatformConfigurationLoader.Load(environment.ConfigurationFile, variable);
        faults.AddRange(loaded.Faults.Select(fault => fault.ToString()));
        var notices = loaded.Notices.Select(notice => notice.ToString()).ToList();
        if (faults.Count > 0 || loaded.Configuration is not { } configuration)
        {
            return new PlatformStart(null, faults, notices);
        }

        var listen = environment.Listen ?? new Uri($"http://127.0.0.1:{configuration.Server.Port}");
        var platform = new PlatformContext
        {
            Environment = environment with { Listen = listen },
            Configuration = configuration,
            Settings = new ConfigurationBuilder().AddEnvironmentVariables().Build(),
            HasInlineSockets = hasInlineSockets,
        };
        return new PlatformStart(platform, faults, notices);
    }
}
