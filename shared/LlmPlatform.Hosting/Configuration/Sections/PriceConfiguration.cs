namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// What a model costs from a date on. Amounts are USD per 1,000,000 tokens, with at most six decimals.
/// </summary>
public sealed record PriceConfiguration
{
    /// <summary>The name it has in the price list; null for a price written beside its model.</summary>
    public string? Sku { get; init; }

    /// <summary>
    /// When it begins to apply. A price written beside its model applies from 1970 on, that is, always.
    /// </summary>
    public DateTimeOffset EffectiveFrom { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Prompt tokens that came from no cache.</summary>
    public required decimal Input { get; init; }

    /// <summary>Generated tokens.</summary>
    public required decimal Output { get; init; }

    /// <summary>Prompt tokens read from the provider's cache; null: as <see cref="Input"/>.</summary>
    public decimal? CachedInput { get; init; }

    /// <summary>Prompt tokens written to a cache for five minutes; null: as <see cref="Input"/>.</summary>
    public decimal? CacheWrite5m { get; init; }

    /// <summary>Prompt tokens written to a cache for an hour; null: as <see cref="CacheWrite5m"/>.</summary>
    public decimal? CacheWrite1h { get; init; }

    /// <summary>Generated tokens of thought; null: as <see cref="Output"/>.</summary>
    public decimal? Reasoning { get; init; }

    /// <summary>Audio tokens received; null: as <see cref="Input"/>.</summary>
    public decimal? AudioInput { get; init; }

    /// <summary>Audio tokens produced; null: as <see cref="Output"/>.</summary>
    public decimal? AudioOutput { get; init; }

    /// <summary>Image tokens received; null: as <see cref="Input"/>.</summary>
    public decimal? ImageInput { get; init; }

    /// <summary>Image tokens produced; null: as <see cref="Output"/>.</summary>
    public decimal? ImageOutput { get; init; }

    /// <summary>USD per 1,000 searches of the web; null: not known. A variant without has that of its price.</summary>
    public decimal? WebSearch { get; init; }

    /// <summary>USD per 1,000 pages fetched; null: not known. A variant without has that of its price.</summary>
    public decimal? WebFetch { get; init; }

    /// <summary>USD for one call, beside its tokens; null: nothing.</summary>
    public decimal? Request { get; init; }

    /// <summary>Other amounts for a service tier, a region or long prompts; empty: none.</summary>
    public IReadOnlyList<PriceVariantConfiguration> Variants { get; init; } = [];

    /// <summary>The vendor's page it was taken from; null for a price written beside its model.</summary>
    public Uri? Source { get; init; }
}
