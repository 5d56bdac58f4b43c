using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>How rollups are kept: <c>Billing__Rollup__…</c> in the environment.</summary>
internal sealed class RollupOptions
{
    public const string Section = "Billing:Rollup";

    /// <summary>How often slots that changed are looked for. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Slots rebuilt by one statement at most. Default 96, a day.</summary>
    [Range(1, 3000)]
    public int SlotsAtOnce { get; init; } = 96;
}
