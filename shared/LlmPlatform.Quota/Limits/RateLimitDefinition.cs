namespace LlmPlatform.Quota;

/// <summary>What a scope may call, or consume, in a stretch of time. A figure that is null is not limited.</summary>
public sealed record RateLimitDefinition
{
    /// <summary>Stable while the limit's scope and <see cref="Each"/> stay; part of the counters' keys.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// What is limited, as the configuration writes it: <c>global</c>, <c>key:acme-ci</c>, <c>tier:basic</c>.
    /// </summary>
    public required string Scope { get; init; }

    /// <summary>
    /// Whom it is counted for separately: <c>tenant</c>, <c>user</c>, <c>key</c> or <c>ip</c>; null: the scope shares
    /// one count. Callers without a user, or an address, share one count.
    /// </summary>
    public string? Each { get; init; }

    /// <summary>Calls in any second.</summary>
    public long? RequestsPerSecond { get; init; }

    /// <summary>Calls in any minute.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Calls in any hour.</summary>
    public long? RequestsPerHour { get; init; }

    /// <summary>Calls in any day.</summary>
    public long? RequestsPerDay { get; init; }

    /// <summary>Tokens in any second, counted as estimated at admission.</summary>
    public long? TokensPerSecond { get; init; }

    /// <summary>Tokens in any minute, counted as estimated at admission.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Tokens in any hour, counted as estimated at admission.</summary>
    public long? TokensPerHour { get; init; }

    /// <summary>Tokens in any day, counted as estimated at admission.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Calls open at once.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>
    /// Calls that may arrive at once before <see cref="RequestsPerMinute"/> paces them; null: a minute's.
    /// </summary>
    public int? Burst { get; init; }
}
