using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Billing.Pricing;

/// <summary>
/// Variants of a price as one text: the same variants in whatever order and with whatever closing zeros give the same.
/// </summary>
internal static class PriceVariants
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Null when there are none.</summary>
    public static string? Write(IReadOnlyList<PriceVariant> variants) => variants.Count == 0
        ? null
        : JsonSerializer.Serialize(
            variants.Select(Trimmed)
                .OrderBy(variant => variant.ServiceTier, StringComparer.Ordinal)
                .ThenBy(variant => variant.Region, StringComparer.Ordinal)
                .ThenBy(variant => variant.LeastInput),
            Compact);

    public static IReadOnlyList<PriceVariant> Read(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<PriceVariant[]>(text, Compact)!;

    private static PriceVariant Trimmed(PriceVariant variant) => variant with
    {
        Input = variant.Input.Trimmed(),
        Output = variant.Output.Trimmed(),
        CachedInput = variant.CachedInput?.Trimmed(),
        CacheWrite5m = variant.CacheWrite5m?.Trimmed(),
        CacheWrite1h = variant.CacheWrite1h?.Trimmed(),
        Reasoning = variant.Reasoning?.Trimmed(),
        AudioInput = variant.AudioInput?.Trimmed(),
        AudioOutput = variant.AudioOutput?.Trimmed(),
        ImageInput = variant.ImageInput?.Trimmed(),
        ImageOutput = variant.ImageOutput?.Trimmed(),
        WebSearch = variant.WebSearch?.Trimmed(),
        WebFetch = variant.WebFetch?.Trimmed(),
        Request = variant.Request.Trimmed(),
    };
}
