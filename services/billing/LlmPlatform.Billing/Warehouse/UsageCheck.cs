using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>What no usage event can say and still be billed.</summary>
internal static class UsageCheck
{
    /// <summary>Tokens of one meter of one attempt; beyond it a sum over a year could leave 64 bits.</summary>
    private const long MaxTokens = 1_000_000_000_000;

    // What a ClickHouse DateTime holds.
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Latest = DateTimeOffset.FromUnixTimeSeconds(uint.MaxValue);

    /// <summary>What is wrong with the event, in a sentence; null when nothing is.</summary>
    public static string? FaultOf(UsageRecorded recorded)
    {
        var tokens = recorded.Tokens;
        ReadOnlySpan<long> quantities =
        [
            tokens.InputUncached, tokens.CacheRead, tokens.CacheWrite5m, tokens.CacheWrite1h,
            tokens.OutputText, tokens.OutputReasoning, tokens.AudioIn, tokens.AudioOut,
            tokens.ImageIn, tokens.ImageOut, tokens.WebSearches, tokens.WebFetches,
        ];
        return recorded.Tenant.Length == 0 ? "It names no tenant."
            : recorded.EventVersion < 1 ? "Its version is below 1."
            : recorded.Attempt < 0 || recorded.Part < 0 ? "Its attempt or part is negative."
            : recorded.OccurredAt < Earliest || recorded.OccurredAt > Latest ? "It occurred outside 1970 to 2106."
            : recorded.RecordedAt < Earliest || recorded.RecordedAt > Latest ? "It was recorded outside 1970 to 2106."
            : quantities.ContainsAnyExceptInRange(0, MaxTokens) ? "A quantity of tokens is impossible."
            : null;
    }
}
