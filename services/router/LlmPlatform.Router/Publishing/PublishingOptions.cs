using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Router.Publishing;

/// <summary>How the routing snapshot is published: <c>Router__Publishing__…</c> in the environment.</summary>
internal sealed class PublishingOptions
{
    public const string Section = "Router:Publishing";

    /// <summary>Versions kept for looking back, the newest included. Default 100.</summary>
    [Range(1, 100_000)]
    public int KeptVersions { get; init; } = 100;

    /// <summary>
    /// How often a replica asks whether it is its turn to publish, and whether anything changed that nobody announced.
    /// Changes of the file and of health are published at once. Default 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan TurnInterval { get; init; } = TimeSpan.FromSeconds(1);
}
