using System.Diagnostics.Metrics;
using LlmPlatform.Billing.Warehouse;

namespace LlmPlatform.Billing;

/// <summary>What billing tells of itself.</summary>
internal sealed class BillingMetrics
{
    private readonly Counter<long> _rows;
    private readonly Counter<long> _unpriced;
    private readonly Counter<long> _differences;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _conflicts;
    private long _quarantined = -1;

    public BillingMetrics(IMeterFactory meters)
    {
        // The factory owns the meter and disposes of it with the container.
        var meter = meters.Create("LlmPlatform.Billing");
        _rows = meter.CreateCounter<long>(
            "billing_usage_rows_total", description: "Usage rows stored, repeats of a delivery included.");
        _unpriced = meter.CreateCounter<long>(
            "billing_unpriced_total", description: "Usage rows stored without a price.");
        _differences = meter.CreateCounter<long>(
            "billing_rating_differences_total",
            description: "Usage events that the edge costed otherwise than billing, beyond its rounding to nano-USD.");
        _entries = meter.CreateCounter<long>(
            "billing_ledger_entries_total", description: "Charges and reversals of usage posted to the ledger.");
        _conflicts = meter.CreateCounter<long>(
            "billing_conflicting_usage_total",
            description: "Usage events that came again under the same version and said something else.");
        meter.CreateObservableGauge(
            "billing_quarantined_usage", Quarantined, description: "Usage events that cannot be stored as they are.");
    }

    public void Stored(IReadOnlyCollection<UsageRow> rows)
    {
        _rows.Add(rows.Count);
        foreach (var model in rows.Where(row => row.PriceVersion is null).CountBy(row => row.Usage.Event.Model))
        {
            _unpriced.Add(model.Value, new KeyValuePair<string, object?>("model", model.Key));
        }
    }

    public void RatedDifferently(string model) =>
        _differences.Add(1, new KeyValuePair<string, object?>("model", model));

    public void Posted(int entries) => _entries.Add(entries);

    public void Conflicted(int events) => _conflicts.Add(events);

    public void CountedQuarantine(long count) => Volatile.Write(ref _quarantined, count);

    // Nothing is reported before the first count: a zero would claim what nobody looked at.
    private IEnumerable<Measurement<long>> Quarantined() =>
        Volatile.Read(ref _quarantined) is >= 0 and var count ? [new Measurement<long>(count)] : [];
}
