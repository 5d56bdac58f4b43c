using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Metering.Recovery;

/// <summary>How holds that were left behind are freed: <c>Metering__Recovery__…</c> in the environment.</summary>
internal sealed class RecoveryOptions
{
    public const string Section = "Metering:Recovery";

    /// <summary>How often expired holds are looked for. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often it is looked whether Redis was emptied. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan SeedInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long billing may take to say what budget periods have spent. Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BillingTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Holds freed in one call of Redis. Default 200.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; init; } = 200;
}
