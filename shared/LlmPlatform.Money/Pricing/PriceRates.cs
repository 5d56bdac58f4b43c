using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Money.Pricing;

/// <summary>
/// What each disjoint meter costs, in USD per 1,000,000 tokens. A meter without a price of its own falls back as its
/// comment says, never to zero.
/// </summary>
public abstract record PriceRates
{
    /// <summary>Input tokens that no cache served.</summary>
    public required decimal Input { get; init; }

    /// <summary>Output tokens.</summary>
    public required decimal Output { get; init; }

    /// <summary>Input tokens read from a cache; absent: as <see cref="Input"/>.</summary>
    public decimal? CachedInput { get; init; }

    /// <summary>Input tokens written to a five-minute cache; absent: as <see cref="Input"/>.</summary>
    public decimal? CacheWrite5m { get; init; }

    /// <summary>Input tokens written to a one-hour cache; absent: as <see cref="CacheWrite5m"/>.</summary>
    public decimal? CacheWrite1h { get; init; }

    /// <summary>Reasoning tokens; absent: as <see cref="Output"/>.</summary>
    public decimal? Reasoning { get; init; }

    /// <summary>Audio tokens received; absent: as <see cref="Input"/>.</summary>
    public decimal? AudioInput { get; init; }

    /// <summary>Audio tokens produced; absent: as <see cref="Output"/>.</summary>
    public decimal? AudioOutput { get; init; }

    /// <summary>Image tokens received; absent: as <see cref="Input"/>.</summary>
    public decimal? ImageInput { get; init; }

    /// <summary>Image tokens produced; absent: as <see cref="Output"/>.</summary>
    public decimal? ImageOutput { get; init; }

    /// <summary>USD for each request, whatever it consumed.</summary>
    public decimal Request { get; init; }

    /// <summary>USD per 1,000 searches of the web; absent: not known, and a call that searched has no price.</summary>
    public decimal? WebSearch { get; init; }

    /// <summary>USD per 1,000 pages fetched; absent: not known, and a call that fetched has no price.</summary>
    public decimal? WebFetch { get; init; }

    /// <summary>Whether everything of a call has a price here. What it searched or fetched may have none.</summary>
    public bool Cover(TokenUsage usage) =>
        (usage.WebSearches == 0 || WebSearch is not null) && (usage.WebFetches == 0 || WebFetch is not null);

    /// <summary>The fees beside the tokens, in USD; nothing for what has no price here.</summary>
    public decimal FeesUsd(long webSearches, long webFetches) =>
        ((webSearches * (WebSearch ?? 0)) + (webFetches * (WebFetch ?? 0))) / 1000m;

    /// <summary>The dearest an input token can come, per 1,000,000.</summary>
    public decimal DearestInput()
    {
        var write = Math.Max(CacheWrite5m ?? Input, CacheWrite1h ?? CacheWrite5m ?? Input);
        var seen = Math.Max(AudioInput ?? Input, ImageInput ?? Input);
        return Math.Max(Math.Max(Input, seen), Math.Max(write, CachedInput ?? Input));
    }

    /// <summary>The dearest an output token can come, per 1,000,000.</summary>
    public decimal DearestOutput() => Math.Max(
        Math.Max(Output, Reasoning ?? Output), Math.Max(AudioOutput ?? Output, ImageOutput ?? Output));
}
