using System.Text.Json.Serialization;

namespace LlmPlatform.Billing.Pricing;

/// <summary>Amounts as operators write and read them: USD per 1,000,000 tokens, with at most six decimals.</summary>
internal record PriceFigures
{
    public required decimal Input { get; init; }

    public required decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    [JsonPropertyName("cache_write_5m")]
    public decimal? CacheWrite5m { get; init; }

    [JsonPropertyName("cache_write_1h")]
    public decimal? CacheWrite1h { get; init; }

    public decimal? Reasoning { get; init; }

    public decimal? AudioInput { get; init; }

    public decimal? AudioOutput { get; init; }

    public decimal? ImageInput { get; init; }

    public decimal? ImageOutput { get; init; }

    /// <summary>USD per 1,000 searches of the web.</summary>
    public decimal? WebSearch { get; init; }

    /// <summary>USD per 1,000 pages fetched.</summary>
    public decimal? WebFetch { get; init; }

    /// <summary>USD for each request.</summary>
    public decimal Request { get; init; }

    /// <summary>Every amount that is given, by its name.</summary>
    public IEnumerable<(string Name, decimal Amount)> Given() => new (string Name, decimal? Amount)[]
    {
        ("input", Input), ("output", Output), ("cached_input", CachedInput), ("cache_write_5m", CacheWrite5m),
        ("cache_write_1h", CacheWrite1h), ("reasoning", Reasoning), ("audio_input", AudioInput),
        ("audio_output", AudioOutput), ("image_input", ImageInput), ("image_output", ImageOutput),
        ("web_search", WebSearch), ("web_fetch", WebFetch), ("request", Request),
    }.Where(figure => figure.Amount is not null).Select(figure => (figure.Name, figure.Amount!.Value));
}
