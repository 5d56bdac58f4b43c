namespace LlmPlatform.Quota;

/// <summary>The rate limit that refused a request.</summary>
public sealed record RateLimitRefusal
{
    /// <summary>The limit's id.</summary>
    public required string LimitId { get; init; }

    /// <summary>The limit's scope, such as <c>key:acme-ci</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>Which of its figures.</summary>
    public required RateLimitKind Kind { get; init; }

    /// <summary>The figure.</summary>
    public required long Limit { get; init; }

    /// <summary>How much of it is used, rounded up.</summary>
    public required long Used { get; init; }

    /// <summary>
    /// After how long the same request would pass, if nothing else is called; a window's length if never.
    /// </summary>
    public required TimeSpan RetryAfter { get; init; }

    /// <summary>
    /// True for hours and days: the code is <c>quota_exceeded</c> then, else <c>rate_limit_exceeded</c>.
    /// </summary>
    public bool IsQuota => Kind
        is RateLimitKind.RequestsPerHour or RateLimitKind.RequestsPerDay
        or RateLimitKind.TokensPerHour or RateLimitKind.TokensPerDay;
}
