using LlmPlatform.Hosting.Snapshots;

namespace LlmPlatform.Quota;

/// <summary>Where the snapshot of limits comes from.</summary>
public static class LimitsSnapshots
{
    /// <summary>For <c>AddSnapshotFeed</c> at the edge and <c>MapSnapshot</c> at metering.</summary>
    public static SnapshotSource<LimitsSnapshot> Source { get; } =
        new("limits", "metering", snapshot => snapshot.Version);
}
