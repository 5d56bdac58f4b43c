namespace LlmPlatform.Hosting.Configuration;

/// <summary>A second attempt beside one that does not answer.</summary>
public sealed record ModelHedgeConfiguration
{
    /// <summary>
    /// How long the first is waited for, 1 ms to 10 min; null: as long as 95 of 100 of its answers took to begin.
    /// </summary>
    public TimeSpan? After { get; init; }

    /// <summary>The most of 100 calls that are hedged, 1 to 100. Default 10.</summary>
    public int MaxPercent { get; init; } = 10;
}
