using System.Diagnostics.Metrics;
using LlmPlatform.Router.Publishing;

namespace LlmPlatform.Router.Health;

/// <summary>
/// <c>gateway_provider_up{provider}</c>: 1 or 0, as the published snapshot has it, the same on every replica.
/// </summary>
internal sealed class ProviderUpGauge
{
    public const string MeterName = "LlmPlatform.Router";

    public ProviderUpGauge(IMeterFactory meters, SnapshotShelf shelf)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "gateway_provider_up",
            () => (shelf.Newest?.Providers ?? []).Select(provider => new Measurement<int>(
                provider.Up ? 1 : 0, new KeyValuePair<string, object?>("provider", provider.Name))),
            description: "1 while the provider's probes succeed, 0 while they fail.");
    }
}
