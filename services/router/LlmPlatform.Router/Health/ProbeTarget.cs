using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Router.Health;

/// <summary>All of a provider that its probe depends on: a change of anything else leaves the probe running.</summary>
internal sealed record ProbeTarget(
    string Provider, ProviderKind Kind, Uri BaseUrl, Secret? ApiKey, ProviderHealthConfiguration Health)
{
    /// <summary>
    /// Every provider that can be probed. Those that are off are not, nor is a kind without an address of its own, the
    /// simulated one first of all: such a provider is up until calls to it fail.
    /// </summary>
    public static IReadOnlySet<ProbeTarget> Of(PlatformConfiguration configuration) => configuration.Providers
        .Where(provider => provider is { Enabled: true, Health.Enabled: true, Kind: not ProviderKind.Simulated })
        .Where(provider => provider.BaseUrl is not null)
        .Select(provider => new ProbeTarget(
            provider.Name, provider.Kind, provider.BaseUrl!, provider.ApiKey, provider.Health))
        .ToHashSet();
}
