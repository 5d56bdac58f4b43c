namespace LlmPlatform.Billing.Pricing;

/// <summary>A price version, as operators see it. Amounts in USD per 1,000,000 units.</summary>
internal sealed record PriceResponse
{
    public required string Version { get; init; }

    public required string Sku { get; init; }

    public required DateTimeOffset EffectiveFrom { get; init; }

    public required decimal Input { get; init; }

    public required decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite5m { get; init; }

    public decimal? CacheWrite1h { get; init; }

    public decimal? Reasoning { get; init; }

    public decimal? AudioInput { get; init; }

    public decimal? AudioOutput { get; init; }

    /// <summary>USD for each request.</summary>
    public required decimal Request { get; init; }

    public required string Source { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>When another price took its place; null while it is in force.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    public static PriceResponse From(PriceVersion row) => new()
    {
        Version = row.VersionId,
        Sku = row.Sku,
        EffectiveFrom = row.EffectiveFrom,
        Input = row.Input.Trimmed(),
        Output = row.Output.Trimmed(),
        CachedInput = row.CachedInput?.Trimmed(),
        CacheWrite5m = row.CacheWrite5m?.Trimmed(),
        CacheWrite1h = row.CacheWrite1h?.Trimmed(),
        Reasoning = row.Reasoning?.Trimmed(),
        AudioInput = row.AudioInput?.Trimmed(),
        AudioOutput = row.AudioOutput?.Trimmed(),
        Request = row.Request.Trimmed(),
        Source = row.Source,
        RecordedAt = row.RecordedAt,
        SupersededAt = row.SupersededAt,
    };
}
