using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Metering.Counters;

/// <summary>How usage is counted: <c>Metering__Counters__…</c> in the environment.</summary>
internal sealed class CounterOptions
{
    public const string Section = "Metering:Counters";

    /// <summary>Messages handled at a time by each consumer. Default 16.</summary>
    [Range(1, 1_000)]
    public int ConcurrentMessages { get; init; } = 16;

    /// <summary>
    /// Events settled in one call. Redis does nothing else meanwhile, some 30 µs each with six budgets. Default 16.
    /// </summary>
    [Range(1, 1_000)]
    public int SettlesPerCall { get; init; } = 16;

    /// <summary>
    /// How long a message waits between two attempts while Redis is away, before the attempts that every message has.
    /// Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan RedisRetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times a message waits so. Default 1,200: twenty minutes at the default interval.</summary>
    [Range(1, 10_000)]
    public int RedisRetryLimit { get; init; } = 1_200;

    /// <summary>
    /// Pairs of tenant and model that a live window counts apart; what comes beyond them is counted in one row. Default
    /// 2,000.
    /// </summary>
    [Range(1, 100_000)]
    public int LiveRowsMax { get; init; } = 2_000;
}
