namespace LlmPlatform.Router.Client;

/// <summary>A second attempt beside one that does not answer; both are billed.</summary>
public sealed record RoutedHedge
{
    /// <summary>How long the first is waited for; null: as long as 95 of 100 of its answers took to begin.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>The most of 100 calls that are hedged.</summary>
    public int MaxPercent { get; init; } = 10;
}
