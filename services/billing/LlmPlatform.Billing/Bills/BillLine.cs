using System.Text.Json.Serialization;

namespace LlmPlatform.Billing.Bills;

/// <summary>One amount of a bill: who used how much of what, at which price.</summary>
internal sealed record BillLine
{
    /// <summary>The class of a line that makes up for what lines at unit prices cannot express.</summary>
    public const string Adjustment = "adjustment";

    /// <summary>Its place on the bill, from 1.</summary>
    public int Number { get; init; }

    /// <summary>The month it was used in; another than the bill's where it came late or was corrected.</summary>
    public required string ServicePeriod { get; init; }

    /// <summary>True: it corrects a month that was billed already, by this much.</summary>
    public bool IsCorrection { get; init; }

    /// <summary>Empty: usage that names none, shown as it is and not spread over others.</summary>
    public required string CostCenter { get; init; }

    /// <summary>Empty: usage that names none.</summary>
    public required string Team { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>As the provider served it.</summary>
    public required string ServiceTier { get; init; }

    /// <summary>Empty: not known.</summary>
    public required string Region { get; init; }

    /// <summary>See <see cref="Bills.TokenClass"/>; or <c>adjustment</c>.</summary>
    public required string TokenClass { get; init; }

    /// <summary>Tokens, searches, fetches or requests: see <see cref="Bills.TokenClass.UnitOf"/>.</summary>
    public required long Quantity { get; init; }

    /// <summary>How many units the price is for.</summary>
    public required int PricePer { get; init; }

    /// <summary>The list price, USD; null when unpriced.</summary>
    public decimal? UnitPriceUsd { get; init; }

    /// <summary>Pins the price; null when unpriced.</summary>
    public string? PriceVersion { get; init; }

    /// <summary>The variant of the price; empty: none.</summary>
    public required string PriceVariant { get; init; }

    /// <summary>At list price, exact; 0 when unpriced, which <see cref="UnitPriceUsd"/> tells from free.</summary>
    public required decimal ListUsd { get; init; }

    /// <summary>Taken off, USD.</summary>
    public decimal DiscountUsd { get; init; }

    /// <summary>Added, USD.</summary>
    public decimal MarkupUsd { get; init; }

    /// <summary>What is charged, USD.</summary>
    public required decimal AmountUsd { get; init; }

    /// <summary>What is charged, in the bill's currency, at most twelve decimals.</summary>
    public decimal Amount { get; init; }

    /// <summary>True: its tokens are counted and, without a price, not charged.</summary>
    [JsonIgnore]
    public bool IsUnpriced => UnitPriceUsd is null && TokenClass != Adjustment;

    /// <summary>What two bills' lines have alike when one corrects the other.</summary>
    public string Key() => string.Join(
        '\u001f',
        ServicePeriod,
        CostCenter,
        Team,
        Provider,
        Model,
        ServiceTier,
        Region,
        PriceVersion ?? "",
        PriceVariant,
        TokenClass);
}
