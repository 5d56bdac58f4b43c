namespace LlmPlatform.Money.Pricing;

/// <summary>A price book as billing serves it and edges keep it on disk.</summary>
public sealed record PriceBookSnapshot
{
    /// <summary>The snapshot's name in addresses and files.</summary>
    public const string Name = "prices";

    /// <summary>The service that serves it.</summary>
    public const string Owner = "billing";

    /// <summary>Grows with every change.</summary>
    public required long Version { get; init; }

    /// <summary>Every price, past and future ones included.</summary>
    public required IReadOnlyList<Price> Prices { get; init; }

    /// <summary>The book to rate with.</summary>
    public PriceBook ToPriceBook() => new(Version, Prices);
}
