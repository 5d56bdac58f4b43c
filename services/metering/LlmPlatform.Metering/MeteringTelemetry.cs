using System.Diagnostics.Metrics;
using LlmPlatform.Quota;

namespace LlmPlatform.Metering;

/// <summary>What metering counts of its own work.</summary>
internal sealed class MeteringTelemetry
{
    public const string MeterName = "LlmPlatform.Metering";

    private readonly Counter<long> _settled;
    private readonly Counter<long> _expired;

    public MeteringTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _settled = meter.CreateCounter<long>(
            "metering_settled_total", description: "Usage events settled, by what the settle found.");
        _expired = meter.CreateCounter<long>(
            "metering_holds_expired_total", description: "Holds freed because their lease ran out.");
    }

    public void Settled(SettleOutcome outcome)
    {
        var found = outcome switch
        {
            SettleOutcome.Settled => "settled",
            SettleOutcome.Replaced => "replaced",
            SettleOutcome.Repeated => "repeated",
            SettleOutcome.Conflicting => "conflicting",
            _ => "too_old",
        };
        _settled.Add(1, new KeyValuePair<string, object?>("outcome", found));
    }

    public void Expired(int holds) => _expired.Add(holds);
}
