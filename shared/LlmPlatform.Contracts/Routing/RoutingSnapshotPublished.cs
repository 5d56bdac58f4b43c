namespace LlmPlatform.Contracts.Routing;

/// <summary>A new routing snapshot is to be had from the router. A lost announcement costs a poll interval.</summary>
public sealed record RoutingSnapshotPublished
{
    /// <summary>The new snapshot's version.</summary>
    public required long Version { get; init; }
}
