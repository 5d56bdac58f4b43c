using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Billing.Pricing;

/// <summary>How the price book is kept: <c>Billing__Pricing__…</c> in the environment.</summary>
internal sealed class PricingOptions
{
    public const string Section = "Billing:Pricing";

    /// <summary>How often another replica's changes of the price book are looked for. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it is tried to rate what came without a price. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan UnpricedInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Events rated anew at once. Default 10,000.</summary>
    [Range(1, 100_000)]
    public int UnpricedRowsAtOnce { get; init; } = 10_000;
}
