using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Audit.Trail;

/// <summary>How records reach the trail: <c>Audit__Trail__…</c> in the environment.</summary>
internal sealed class TrailOptions
{
    public const string Section = "Audit:Trail";

    /// <summary>Envelopes of requests appended in one transaction. Default 20.</summary>
    [Range(1, 200)]
    public int EnvelopesPerAppend { get; init; } = 20;

    /// <summary>How long the first envelope of an append waits for company. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan AppendWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Pause between two attempts to append while PostgreSQL does not answer. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the length of the chain is read for the gauge. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LengthInterval { get; init; } = TimeSpan.FromSeconds(15);
}
