using LlmPlatform.Edge.Settlement;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// Limits and budgets by scope, built once for each snapshot that metering publishes. With them comes which generation
/// the counters are of: where that is a new one, they were made anew, and what this edge has not shipped is settled
/// once more.
/// </summary>
internal sealed class LimitsTable
{
    private readonly HoldLedger _ledger;
    private readonly HoldSettler _settler;
    private volatile LimitsIndex _current = LimitsIndex.Empty;

    public LimitsTable(SnapshotFeed<LimitsSnapshot> feed, HoldLedger ledger, HoldSettler settler)
    {
        (_ledger, _settler) = (ledger, settler);
        feed.Changed += Take;
        if (feed.Current is { } snapshot)
        {
            Take(snapshot);
        }
    }

    public LimitsIndex Current => _current;

    /// <summary>False until the first snapshot: what an edge knows no limits of, it does not admit.</summary>
    public bool AreKnown => !ReferenceEquals(_current, LimitsIndex.Empty);

    private void Take(LimitsSnapshot snapshot)
    {
        var known = _current.Snapshot.CountersGeneration;
        _current = new LimitsIndex(snapshot);
        _ledger.RequireGeneration(snapshot.CountersGeneration);
        if (snapshot.CountersGeneration > known)
        {
            _settler.RepeatAll();
        }
    }
}
