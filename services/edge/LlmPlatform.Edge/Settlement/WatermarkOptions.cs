using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Edge.Settlement;

/// <summary>How the edge says how far it has counted: <c>Edge__Watermark__…</c> in the environment.</summary>
internal sealed class WatermarkOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Edge:Watermark";

    /// <summary>How often. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long usage may wait for the broker before that is told. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SpoolAgeMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the last word may take when the edge stops. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan LastWordTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
