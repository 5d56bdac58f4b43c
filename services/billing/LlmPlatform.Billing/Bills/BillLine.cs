namespace LlmPlatform.Billing.Bills;

/// <summary>One amount of a bill: who used how much of what, at which price.</summary>
internal sealed record BillLine
{
    /// <summary>The class of a line that makes up for what lines at unit prices cannot express.</summary>
    public const string Adjustment = "adjustment";

    /// <summary>Empty: usage that names none, shown as it is and not spread over others.</summary>
    public required string CostCenter { get; init; }

    /// <summary>Empty: usage that names none.</summary>
    public required string Team { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>See <see cref="Bills.TokenClass"/>; or <c>adjustment</c>.</summary>
    public required string TokenClass { get; init; }

    /// <summary>Tokens, or requests.</summary>
    public required long Quantity { get; init; }

    /// <summary>How many units the price is for.</summary>
    public required int PricePer { get; init; }

    /// <summary>USD; null when unpriced.</summary>
    public decimal? UnitPriceUsd { get; init; }

    /// <summary>Pins the price; null when unpriced.</summary>
    public string? PriceVersion { get; init; }

    /// <summary>Exact; 0 when unpriced, which <see cref="UnitPriceUsd"/> tells from free.</summary>
    public required decimal AmountUsd { get; init; }
}
