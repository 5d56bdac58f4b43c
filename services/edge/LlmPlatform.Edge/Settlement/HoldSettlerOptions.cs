using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Settlement;

/// <summary>How holds are settled from the spool: <c>Edge__HoldSettler__…</c> in the environment.</summary>
internal sealed class HoldSettlerOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Edge:HoldSettler";

    /// <summary>Records read before the cursor moves. Default 256.</summary>
    [Range(1, 10_000)]
    public int MaxRound { get; init; } = 256;

    /// <summary>
    /// Records settled in one call. Redis does nothing else meanwhile, some 30 µs each with six budgets. Default 16.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxBatch { get; init; } = 16;

    /// <summary>
    /// What is settled again after Redis was away, and at start: more than Redis can lose when it falls over. It must
    /// not exceed the spool's replay window. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Replay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The first pause after a failure; it doubles with each further one. Default 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan RetryAtMost { get; init; } = TimeSpan.FromSeconds(2);
}
