namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>prices.yaml</c>. Entries of the same <see cref="Sku"/> are versions of one price.</summary>
public sealed record PriceListEntry
{
    /// <summary>The name that models refer to.</summary>
    public required string Sku { get; init; }

    /// <summary>Who sells it, such as <c>openai</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>What the seller calls the model.</summary>
    public required string Model { get; init; }

    /// <summary>The price and when it begins.</summary>
    public required PriceConfiguration Price { get; init; }

    /// <summary>The line of the price list it begins on.</summary>
    public int Line { get; init; }
}
