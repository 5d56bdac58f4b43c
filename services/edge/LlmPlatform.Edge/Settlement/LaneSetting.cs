using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What differs between the two lanes of a spool, and what they share.</summary>
internal sealed record LaneSetting
{
    /// <summary>Who reads the lane: each has a cursor, and no record goes before all have taken it.</summary>
    public required IReadOnlyList<string> Consumers { get; init; }

    /// <summary>Usage records whose settlement is kept in memory.</summary>
    public int MaxRecentUsage { get; init; } = 1;

    /// <summary>The least time between two flushes.</summary>
    public required TimeSpan FlushInterval { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where failures and damage are told.</summary>
    public required ILogger Logger { get; init; }
}
