using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Bills;

/// <summary>What stands in the way of a bill: <c>Billing__Bills__…</c> in the environment.</summary>
internal sealed class BillOptions
{
    public const string Section = "Billing:Bills";

    /// <summary>How long after its end usage of a month is waited for. Default 72 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "31.00:00:00")]
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(72);

    /// <summary>The largest share of events whose quantities no provider reported. Default 0.05.</summary>
    [Range(typeof(decimal), "0", "1")]
    public decimal MaxEstimatedShare { get; init; } = 0.05m;

    /// <summary>The largest change against the month before, as a share of it. Default 0.5.</summary>
    [Range(typeof(decimal), "0", "1000")]
    public decimal MaxChange { get; init; } = 0.5m;

    /// <summary>Changes of less than this in USD are never too large. Default 100.</summary>
    [Range(typeof(decimal), "0", "1000000000")]
    public decimal ChangeFloorUsd { get; init; } = 100m;

    /// <summary>How many months back late usage and corrections are billed. Default 3.</summary>
    [Range(1, 24)]
    public int LateMonths { get; init; } = 3;
}
