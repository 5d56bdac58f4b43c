using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Hosting.Snapshots;

/// <summary>How snapshots of other services are followed: <c>Snapshots__…</c> in the environment.</summary>
public sealed class SnapshotOptions
{
    /// <summary>Where the section is.</summary>
    public const string Section = "Snapshots";

    /// <summary>How often the owner is asked when nothing was announced. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one answer may take. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest snapshot accepted, in bytes. Default 256 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxBytes { get; init; } = 256 * 1024 * 1024;
}
