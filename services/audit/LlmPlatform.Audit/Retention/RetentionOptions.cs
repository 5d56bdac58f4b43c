using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Audit.Retention;

/// <summary>
/// How old records leave, of an age that <c>audit.retention</c> gives: <c>Audit__Retention__…</c> in the environment.
/// </summary>
internal sealed class RetentionOptions
{
    public const string Section = "Audit:Retention";

    /// <summary>How often what is old is looked for. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Records dropped in one transaction, while which nothing is appended. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 10_000;
}
