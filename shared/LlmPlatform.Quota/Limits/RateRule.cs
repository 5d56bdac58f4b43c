namespace LlmPlatform.Quota;

/// <summary>One figure of a rate limit, as the script checks it.</summary>
internal sealed class RateRule
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private RateRule(RateLimitDefinition definition, RateLimitKind kind, long capacity, TimeSpan window)
    {
        Definition = definition;
        Kind = kind;
        Capacity = capacity;
        Window = window;
        Key = QuotaKeys.Rate(definition.Id, kind);
    }

    /// <summary>How reserve.lua counts a rule.</summary>
    private enum Method
    {
        /// <summary>By a sliding window.</summary>
        Window = 0,

        /// <summary>By one of tokens, which the end of a call corrects.</summary>
        Tokens = 1,

        /// <summary>By a bucket that refills.</summary>
        Bucket = 2,

        /// <summary>By calls that are open.</summary>
        Open = 3,
    }

    internal RateLimitDefinition Definition { get; }

    internal RateLimitKind Kind { get; }

    internal long Capacity { get; }

    /// <summary>The length of the window; of a burst, the time in which <see cref="Refill"/> comes back.</summary>
    internal TimeSpan Window { get; }

    /// <summary>Of a burst: the calls that come back in a window.</summary>
    internal long Refill { get; private init; }

    /// <summary>The counter's key, to which the subject of a limit on each is added.</summary>
    internal byte[] Key { get; }

    internal bool CountsTokens => Kind.CountsTokens();

    internal bool CountsRequests => Kind.CountsRequests();

    /// <summary>The rule as reserve.lua reads it, written once instead of for every call.</summary>
    internal byte[] Packed => field ??= QuotaArguments.Pack(
        [(double)HowCounted, Capacity, Window.TotalMilliseconds, Refill]);

    private Method HowCounted => Kind switch
    {
        RateLimitKind.Burst => Method.Bucket,
        RateLimitKind.Parallel => Method.Open,
        _ when CountsTokens => Method.Tokens,
        _ => Method.Window,
    };

    internal static IEnumerable<RateRule> Of(RateLimitDefinition limit)
    {
        if (limit.MaxParallel is { } parallel)
            yield return new RateRule(limit, RateLimitKind.Parallel, parallel, TimeSpan.Zero);
        if (limit is { Burst: { } burst, RequestsPerMinute: { } pace and > 0 })
            yield return new RateRule(limit, RateLimitKind.Burst, burst, Minute) { Refill = pace };
        foreach (var (kind, figure, window) in Windows(limit))
            if (figure is { } capacity)
                yield return new RateRule(limit, kind, capacity, window);
    }

    private static IEnumerable<(RateLimitKind Kind, long? Figure, TimeSpan Window)> Windows(
        RateLimitDefinition limit) =>
    [
        (RateLimitKind.RequestsPerSecond, limit.RequestsPerSecond, Second),
        (RateLimitKind.RequestsPerMinute, limit.RequestsPerMinute, Minute),
        (RateLimitKind.RequestsPerHour, limit.RequestsPerHour, Hour),
        (RateLimitKind.RequestsPerDay, limit.RequestsPerDay, Day),
        (RateLimitKind.TokensPerSecond, limit.TokensPerSecond, Second),
        (RateLimitKind.TokensPerMinute, limit.TokensPerMinute, Minute),
        (RateLimitKind.TokensPerHour, limit.TokensPerHour, Hour),
        (RateLimitKind.TokensPerDay, limit.TokensPerDay, Day),
    ];
}
