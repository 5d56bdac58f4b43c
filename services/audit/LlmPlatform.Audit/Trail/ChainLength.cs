using System.Diagnostics.Metrics;

namespace LlmPlatform.Audit.Trail;

/// <summary><c>audit_chain_length</c>: how many records the chain has, as last seen..</summary>
internal sealed class ChainLength
{
    public const string MeterName = "LlmPlatform.Audit";

    private long _length;

    public ChainLength(IMeterFactory meters) =>
        meters.Create(MeterName).CreateObservableGauge(
            "audit_chain_length",
            () => Interlocked.Read(ref _length),
            description: "Records in the audit trail.");

    /// <summary>Notes that the chain reaches that far. Readers and writers race, so only the furthest counts.</summary>
    public void Reached(long sequence)
    {
        var seen = Interlocked.Read(ref _length);
        while (sequence > seen)
        {
            var before = Interlocked.CompareExchange(ref _length, sequence, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
