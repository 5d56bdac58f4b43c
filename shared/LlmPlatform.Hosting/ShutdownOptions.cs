using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting;

/// <summary>How a process ends: <c>Shutdown__…</c> in the environment.</summary>
public sealed class ShutdownOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Shutdown";

    /// <summary>
    /// How long open streams and the spool may take to drain once the process is told to stop. Default 60 s; an
    /// orchestrator must wait longer than this before it kills.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
