namespace LlmPlatform.Quota;

/// <summary>What a <see cref="RateLimitKind"/> counts.</summary>
public static class RateLimitKinds
{
    /// <summary>Whether it counts calls in a stretch of time.</summary>
    public static bool CountsRequests(this RateLimitKind kind) => kind
        is RateLimitKind.RequestsPerSecond or RateLimitKind.RequestsPerMinute
        or RateLimitKind.RequestsPerHour or RateLimitKind.RequestsPerDay;

    /// <summary>Whether it counts tokens in a stretch of time.</summary>
    public static bool CountsTokens(this RateLimitKind kind) => kind
        is RateLimitKind.TokensPerSecond or RateLimitKind.TokensPerMinute
        or RateLimitKind.TokensPerHour or RateLimitKind.TokensPerDay;
}
