namespace LlmPlatform.Hosting.Configuration;

/// <summary>What a model costs under a condition. Conditions named together must all hold.</summary>
public sealed record PriceVariantConfiguration
{
    /// <summary>The tier the provider served, such as <c>batch</c>; null: the standard one.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Where it was served; null: anywhere.</summary>
    public string? Region { get; init; }

    /// <summary>Calls of more input tokens than this, cached ones included; null: of any size.</summary>
    public long? InputOver { get; init; }

    /// <summary>Calls of as many input tokens as this or more; null: of any size.</summary>
    public long? InputFrom { get; init; }

    /// <summary>The amounts of tokens: none is taken from the price without the condition.</summary>
    public required PriceConfiguration Amounts { get; init; }
}
