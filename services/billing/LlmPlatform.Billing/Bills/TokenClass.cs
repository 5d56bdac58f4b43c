using System.Text.Json;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Bills;

/// <summary>Something a line of a bill counts: a disjoint meter, mostly of tokens, or requests.</summary>
/// <param name="Name">On the bill.</param>
/// <param name="Column">The meter in the warehouse; null: the rows themselves.</param>
/// <param name="UnitPrice">Its price in USD per <see cref="Per"/>; null: not known.</param>
/// <param name="Per">How many units a price is for.</param>
/// <param name="Unit">What it counts, as FOCUS writes units.</param>
internal sealed record TokenClass(
    string Name, string? Column, Func<PriceRates, decimal?> UnitPrice, int Per, string Unit = TokenClass.Tokens)
{
    /// <summary>The unit of most.</summary>
    public const string Tokens = "Tokens";

    private const int Million = 1_000_000;
    private const int Thousand = 1_000;
    private const string Requests = "Requests";

    /// <summary>Every class, in the order of a bill. Prices fall back exactly as <see cref="Rating"/> does.</summary>
    public static IReadOnlyList<TokenClass> All { get; } =
    [
        new("input", "q_input_uncached", price => price.Input, Million),
        new("cache_read", "q_cache_read", price => price.CachedInput ?? price.Input, Million),
        new("cache_write_5m", "q_cache_write_5m", price => price.CacheWrite5m ?? price.Input, Million),
        new(
            "cache_write_1h",
            "q_cache_write_1h",
            price => price.CacheWrite1h ?? price.CacheWrite5m ?? price.Input,
            Million),
        new("output", "q_output_text", price => price.Output, Million),
        new("reasoning", "q_output_reasoning", price => price.Reasoning ?? price.Output, Million),
        new("audio_input", "q_audio_in", price => price.AudioInput ?? price.Input, Million),
        new("audio_output", "q_audio_out", price => price.AudioOutput ?? price.Output, Million),
        new("image_input", "q_image_in", price => price.ImageInput ?? price.Input, Million),
        new("image_output", "q_image_out", price => price.ImageOutput ?? price.Output, Million),
        new("web_search", "q_web_search", price => price.WebSearch, Thousand, "Searches"),
        new("web_fetch", "q_web_fetch", price => price.WebFetch, Thousand, "Fetches"),
        new("request", null, price => price.Request, 1, Requests),
    ];

    /// <summary>What the lines of a class count; requests for one that is none of these.</summary>
    public static string UnitOf(string name) => All.FirstOrDefault(one => one.Name == name)?.Unit ?? Requests;

    /// <summary>The sum to ask for; null when the count of rows, which is asked for anyway, is the quantity.</summary>
    public string? Sum => Column is null ? null : $"sum({Column}) AS sum_{Column}";

    /// <summary>The quantity in a row of that answer.</summary>
    public long QuantityIn(JsonElement row) =>
        row.GetProperty(Column is null ? UsageSums.Rows : $"sum_{Column}").GetInt64();
}
