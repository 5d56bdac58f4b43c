using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Reads a price file in LiteLLM's format: one object a model, USD per token, a suffix for every tier and threshold. A
/// tier that leaves a field out has the field without the suffix, as there.
/// </summary>
internal sealed partial class LiteLlmPrices
{
    private const int Decimals = 6;

    private static readonly (string Suffix, string? Tier)[] Tiers =
    [
        ("", null), ("_batches", ServiceTiers.Batch), ("_flex", ServiceTiers.Flex),
        ("_priority", ServiceTiers.Priority),
    ];

    private readonly Dictionary<string, JsonElement> _models;

    /// <param name="file">The whole file.</param>
    /// <exception cref="FormatException">It is no object of objects.</exception>
    public LiteLlmPrices(JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("the file is an object with one member for each model.");
        }

        _models = file.EnumerateObject()
            .Where(member => member.Value.ValueKind == JsonValueKind.Object && member.Name != "sample_spec")
            .GroupBy(member => member.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The price of the first of some names that the file knows; null when it knows none.</summary>
    public ProposedPrice? Find(string sku, DateTimeOffset effectiveFrom, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (_models.TryGetValue(name, out var model) && Read(model, sku, effectiveFrom) is { } price)
            {
                return price;
            }
        }

        return null;
    }

    private static ProposedPrice? Read(JsonElement model, string sku, DateTimeOffset effectiveFrom)
    {
        if (PerMillion(model, "input_cost_per_token") is not { } input
            || PerMillion(model, "output_cost_per_token") is not { } output)
        {
            return null;
        }

        var price = new ProposedPrice { Sku = sku, EffectiveFrom = effectiveFrom, Input = input, Output = output };
        var figures = FiguresOf(model, "", "");
        return price with
        {
            CachedInput = figures.CachedInput,
            CacheWrite5m = figures.CacheWrite5m,
            CacheWrite1h = figures.CacheWrite1h,
            Reasoning = figures.Reasoning,
            AudioInput = figures.AudioInput,
            AudioOutput = figures.AudioOutput,
            ImageInput = figures.ImageInput,
            ImageOutput = figures.ImageOutput,
            WebSearch = SearchOf(model),
            Variants = [.. VariantsOf(model)],
        };
    }

    private static IEnumerable<PriceVariantFigures> VariantsOf(JsonElement model)
    {
        // The vendor whose threshold belongs to the dearer side.
        var isInclusive = model.TryGetProperty("litellm_provider", out var provider) && provider.ValueEquals("xai");
        var thresholds = model.EnumerateObject().Select(member => Threshold().Match(member.Name))
            .Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()
            .Select(thousands => long.Parse(thousands, CultureInfo.InvariantCulture) * 1000).Order().ToList();
        foreach (var (suffix, tier) in Tiers)
        {
            foreach (var threshold in thresholds.Prepend(0))
            {
                var above = threshold == 0 ? "" : $"_above_{threshold / 1000}k_tokens";
                if ((tier is null && threshold == 0) || !IsPriced(model, above, suffix))
                {
                    continue;
                }

                yield return FiguresOf(model, above, suffix) with
                {
                    ServiceTier = tier,
                    InputOver = threshold > 0 && !isInclusive ? threshold : null,
                    InputFrom = threshold > 0 && isInclusive ? threshold : null,
                };
            }
        }
    }

    private static bool IsPriced(JsonElement model, string above, string suffix) =>
        PerMillion(model, "input_cost_per_token" + above + suffix) is not null
        || PerMillion(model, "output_cost_per_token" + above + suffix) is not null;

    private static PriceVariantFigures FiguresOf(JsonElement model, string above, string suffix)
    {
        return new PriceVariantFigures
        {
            Input = Of("input_cost_per_token")!.Value,
            Output = Of("output_cost_per_token")!.Value,
            CachedInput = Of("cache_read_input_token_cost"),
            CacheWrite5m = Of("cache_creation_input_token_cost"),
            CacheWrite1h = Of("cache_creation_input_token_cost_above_1hr"),
            Reasoning = Of("output_cost_per_reasoning_token"),
            AudioInput = Of("input_cost_per_audio_token"),
            AudioOutput = Of("output_cost_per_audio_token"),
            ImageInput = Of("input_cost_per_image_token"),
            ImageOutput = Of("output_cost_per_image_token"),
        };

        decimal? Of(string field) => PerMillion(model, field + above + suffix)
            ?? PerMillion(model, field + above) ?? PerMillion(model, field + suffix) ?? PerMillion(model, field);
    }

    // USD a search, by how much of what is found is read; medium is what providers take when nothing is asked.
    private static decimal? SearchOf(JsonElement model) =>
        model.TryGetProperty("search_context_cost_per_query", out var sizes) && sizes.ValueKind == JsonValueKind.Object
        && sizes.TryGetProperty("search_context_size_medium", out var size) && size.ValueKind == JsonValueKind.Number
        && size.TryGetDecimal(out var each)
            ? decimal.Round(each * 1000m, Decimals).Trimmed()
            : null;

    private static decimal? PerMillion(JsonElement model, string field) =>
        model.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDecimal(out var perToken)
            ? decimal.Round(perToken * 1_000_000m, Decimals).Trimmed()
            : null;

    [GeneratedRegex(@"^input_cost_per_token_above_(\d{1,6})k_tokens(_batches|_flex|_priority)?$")]
    private static partial Regex Threshold();
}
