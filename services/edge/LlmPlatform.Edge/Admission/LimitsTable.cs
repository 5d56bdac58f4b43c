using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>Limits and budgets by scope, built once for each snapshot that metering publishes.</summary>
internal sealed class LimitsTable
{
    private volatile LimitsIndex _current = LimitsIndex.Empty;

    public LimitsTable(SnapshotFeed<LimitsSnapshot> feed)
    {
        feed.Changed += snapshot => _current = new LimitsIndex(snapshot);
        if (feed.Current is { } snapshot)
        {
            _current = new LimitsIndex(snapshot);
        }
    }

    public LimitsIndex Current => _current;
}
