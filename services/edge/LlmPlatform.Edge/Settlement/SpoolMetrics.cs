using System.Diagnostics.Metrics;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What the spool shows of itself.</summary>
internal sealed class SpoolMetrics
{
    private readonly Counter<long> _droppedRefusals;
    private readonly Counter<long> _droppedRecords;
    private readonly Counter<long> _unflushed;
    private readonly Counter<long> _unconfirmed;

    /// <param name="meter">Carries the instruments.</param>
    /// <param name="spool">What they look at.</param>
    /// <param name="held">The records that the disk has refused.</param>
    public SpoolMetrics(Meter meter, UsageSpool spool, HeldRecords held)
    {
        var (money, refusals) = (spool.Money, spool.Refusals);
        meter.CreateObservableGauge(
            "gateway_spool_pending", () => spool.PendingEvents, description: "Events the broker has not confirmed.");
        meter.CreateObservableGauge(
            "gateway_spool_bytes", () => spool.Bytes, description: "Bytes of the spool's files.");
        meter.CreateObservableGauge(
            "gateway_spool_open_calls", () => money.Calls.Count, description: "Calls whose end is not written down.");
        meter.CreateObservableGauge(
            "gateway_spool_held", () => held.Count, description: "Records the disk has refused, kept in memory.");
        meter.CreateObservableCounter(
            "gateway_spool_damaged_bytes_total",
            () => money.DamagedBytes + refusals.DamagedBytes,
            description: "Bytes that no record could be read from.");
        _droppedRefusals = meter.CreateCounter<long>(
            "gateway_spool_refusals_dropped_total", description: "Refused requests that were not recorded.");
        _droppedRecords = meter.CreateCounter<long>(
            "gateway_spool_records_dropped_total", description: "Records dropped because the disk failed too long.");
        _unflushed = meter.CreateCounter<long>(
            "gateway_spool_unflushed_total", description: "Waits for the device that were given up.");
        _unconfirmed = meter.CreateCounter<long>(
            "gateway_spool_unconfirmed_total", description: "Waits for the broker's confirmation that were given up.");
    }

    /// <summary>A refused request was not recorded.</summary>
    public void RefusalDropped() => _droppedRefusals.Add(1);

    /// <summary>A record was dropped, and its intent stands for it.</summary>
    public void RecordDropped() => _droppedRecords.Add(1);

    /// <summary>Waits for the device were given up.</summary>
    public void WaitsGivenUp(int count) => _unflushed.Add(count);

    /// <summary>A wait for the broker was given up.</summary>
    public void Unconfirmed() => _unconfirmed.Add(1);
}
