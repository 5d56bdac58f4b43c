using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Metering.Recovery;

/// <summary>How holds that were left behind are freed: <c>Metering__Recovery__…</c> in the environment.</summary>
internal sealed class RecoveryOptions
{
    public const string Section = "Metering:Recovery";

    /// <summary>How often expired holds are looked for. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Holds freed in one call of Redis. Default 200.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; init; } = 200;
}
