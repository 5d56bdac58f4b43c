namespace LlmPlatform.Money.Pricing;

/// <summary>
/// What one deployment costs from an instant on, in USD per 1,000,000 units, per disjoint meter. A meter without a
/// price of its own falls back as its comment says, never to zero.
/// </summary>
public sealed record Price
{
    /// <summary>Names exactly these figures; the same figures from the same instant have the same id.</summary>
    public required string VersionId { get; init; }

    /// <summary>See <see cref="PriceSku"/>.</summary>
    public required string Sku { get; init; }

    /// <summary>The first instant the price applies to.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

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

    /// <summary>USD for each request, whatever it consumed.</summary>
    public decimal Request { get; init; }

    /// <summary>The dearest an input token can come, per 1,000,000.</summary>
    public decimal DearestInput()
    {
        var write = Math.Max(CacheWrite5m ?? Input, CacheWrite1h ?? CacheWrite5m ?? Input);
        return Math.Max(Math.Max(Input, AudioInput ?? Input), Math.Max(write, CachedInput ?? Input));
    }

    /// <summary>The dearest an output token can come, per 1,000,000.</summary>
    public decimal DearestOutput() => Math.Max(Output, Math.Max(Reasoning ?? Output, AudioOutput ?? Output));
}
