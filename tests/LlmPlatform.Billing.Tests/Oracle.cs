using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Billing.Tests;

/// <summary>What <see cref="Usages.Configuration"/> makes calls cost, written out by hand.</summary>
internal static class Oracle
{
    /// <summary>Null: unpriced.</summary>
    public static decimal? CostOf(UsageRecorded usage)
    {
        var t = usage.Tokens;
        return usage.Model switch
        {
            "small" => ((t.InputUncached + t.CacheWrite5m + t.CacheWrite1h + t.AudioIn) * 2.5m
                + (t.CacheRead * 1.25m)
                + ((t.OutputText + t.AudioOut) * 10m)
                + (t.OutputReasoning * 12m)) * 0.000001m
                + (t.WebSearches * 0.01m) + (t.WebFetches * 0.0005m),
            "large" when t.WebSearches + t.WebFetches == 0 => (((t.InputUncached + t.CacheRead + t.AudioIn) * 15m)
                + ((t.CacheWrite5m + t.CacheWrite1h) * 18.75m)
                + ((t.OutputText + t.OutputReasoning + t.AudioOut) * 75.000001m)) * 0.000001m + 0.002m,
            _ => null,
        };
    }

    public static decimal TotalOf(IEnumerable<UsageRecorded> usages) => usages.Sum(usage => CostOf(usage) ?? 0);
}
