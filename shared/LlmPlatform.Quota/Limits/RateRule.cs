namespace LlmPlatform.Quota;

/// <summary>One figure of a rate limit, as the script checks it.</summary>
internal sealed class RateRule
{
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

    internal RateLimitDefinition Definition { get; }

    internal RateLimitKind Kind { get; }

    internal long Capacity { get; }

    /// <summary>The length of the window; of a burst, the time in which <see cref="Refill"/> comes back.</summary>
    internal TimeSpan Window { get; }

    /// <summary>Of a burst: the calls that come back in a window.</summary>
    internal long Refill { get; private init; }

    /// <summary>The counter's key, to which the subject of a limit on each is added.</summary>
    internal byte[] Key { get; }

    internal bool CountsTokens => Kind
        is RateLimitKind.TokensPerMinute or RateLimitKind.TokensPerHour or RateLimitKind.TokensPerDay;

    internal bool CountsRequests => Kind
        is RateLimitKind.RequestsPerMinute or RateLimitKind.RequestsPerHour or RateLimitKind.RequestsPerDay;

    /// <summary>
    /// How reserve.lua counts it: by a sliding window, one of tokens, which the end of a call corrects, a bucket that
    /// refills, or calls that are open.
    /// </summary>
    internal ReadOnlySpan<byte> Method => Kind switch
    {
        RateLimitKind.Burst => "bucket"u8,
        RateLimitKind.Parallel => "open"u8,
        _ when CountsTokens => "tokens"u8,
        _ => "window"u8,
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
        (RateLimitKind.RequestsPerMinute, limit.RequestsPerMinute, Minute),
        (RateLimitKind.RequestsPerHour, limit.RequestsPerHour, Hour),
        (RateLimitKind.RequestsPerDay, limit.RequestsPerDay, Day),
        (RateLimitKind.TokensPerMinute, limit.TokensPerMinute, Minute),
        (RateLimitKind.TokensPerHour, limit.TokensPerHour, Hour),
        (RateLimitKind.TokensPerDay, limit.TokensPerDay, Day),
    ];
}
