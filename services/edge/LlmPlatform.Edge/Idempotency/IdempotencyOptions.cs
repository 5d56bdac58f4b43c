using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Idempotency;

/// <summary>What is kept of calls that carry an <c>Idempotency-Key</c>: <c>Edge__Idempotency__…</c>.</summary>
internal sealed class IdempotencyOptions
{
    public const string Section = "Edge:Idempotency";

    /// <summary>For how long a key is remembered with its answer. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan Remember { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The largest answer that is kept, in bytes. Default 1 MiB.</summary>
    [Range(1024, 32 * 1024 * 1024)]
    public int MaxAnswerBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// For how long a key stays taken when its edge dies in the middle of the call; renewed while it runs. Default
    /// 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.3", "00:10:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a call with a key waits for Redis to say what is known of it. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan LookupTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
