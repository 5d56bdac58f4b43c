namespace LlmPlatform.Contracts.Pricing;

/// <summary>A new price book is to be had from billing. A lost announcement costs a poll interval.</summary>
public sealed record PriceBookPublished
{
    /// <summary>The new snapshot's version.</summary>
    public required long Version { get; init; }
}
