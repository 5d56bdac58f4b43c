namespace LlmPlatform.Billing.Reconciliation;

/// <summary>What providers count by; disjoint. Reasoning is output to all of them.</summary>
internal static class ChargeMeters
{
    /// <summary>Searches and fetches, charged beside the tokens of the model that made them.</summary>
    public const string Web = "web";

    public const string Input = "input";
    public const string CacheRead = "cache_read";
    public const string CacheWrite5m = "cache_write_5m";
    public const string CacheWrite1h = "cache_write_1h";
    public const string Output = "output";

    /// <summary>Those of tokens.</summary>
    public static readonly IReadOnlyList<string> All = [Input, CacheRead, CacheWrite5m, CacheWrite1h, Output];
}
