using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// How services that do not own keys know those that are shown to their admin API: <c>Admin__Keys__…</c> in the
/// environment.
/// </summary>
public sealed class OperatorKeyOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Admin:Keys";

    /// <summary>
    /// How long an answer is used without asking again: so much later a service heeds that a key was revoked or given
    /// another role. Default 2 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it is used while the edge cannot be asked. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan TrustFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many answers are remembered. Default 1,000.</summary>
    [Range(2, 1_000_000)]
    public int RememberedMax { get; init; } = 1_000;

    /// <summary>How long one question may take. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);
}
