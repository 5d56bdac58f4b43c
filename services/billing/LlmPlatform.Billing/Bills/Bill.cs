using System.Text.Json.Serialization;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// What a tenant owes for a month, line by line: everything its documents say, so that they can be made again, byte for
/// byte, from it alone.
/// </summary>
internal sealed record Bill : BillSummary
{
    /// <summary>Who bills, as it stood then.</summary>
    public required BillParty Issuer { get; init; }

    /// <summary>Who is billed, as it stood then.</summary>
    public required BillParty Customer { get; init; }

    public string? PurchaseOrder { get; init; }

    /// <summary>What numbers of its series begin with.</summary>
    public required string Series { get; init; }

    /// <summary>The rate the amounts in USD were converted by; null for a bill in USD, or when none is known.</summary>
    public BillExchange? Exchange { get; init; }

    /// <summary>At list prices, exact.</summary>
    public required decimal ListUsd { get; init; }

    public required decimal DiscountUsd { get; init; }

    public required decimal MarkupUsd { get; init; }

    /// <summary>Before tax, exact: the sum of the lines' amounts.</summary>
    public required decimal Subtotal { get; init; }

    /// <summary>Before tax, as it is paid.</summary>
    public required decimal Net { get; init; }

    public string? TaxCode { get; init; }

    public required decimal TaxShare { get; init; }

    /// <summary>As it is paid.</summary>
    public required decimal Tax { get; init; }

    /// <summary>What rounding once, at the end, added to the exact amounts.</summary>
    public required decimal Rounding { get; init; }

    public required int PaymentDays { get; init; }

    public required BillAccounts Accounts { get; init; }

    /// <summary>When the usage was read.</summary>
    public required DateTimeOffset ComputedAt { get; init; }

    /// <summary>The price book of that moment.</summary>
    public required long PriceBook { get; init; }

    /// <summary>What has to hold before it can be issued, and whether it did.</summary>
    public IReadOnlyList<BillGate> Gates { get; init; } = [];

    /// <summary>Who made it; set when it is stored.</summary>
    public string? PreparedBy { get; init; }

    public string? ApprovedBy { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When it was taken back; null: it was not. Beside its document, which stays as it was.</summary>
    [JsonIgnore]
    public DateTimeOffset? VoidedAt { get; init; }

    /// <summary>The hash of the bill before it in its series; null for the first.</summary>
    public string? PreviousHash { get; init; }

    /// <summary>Rounded so that they add up to <see cref="Net"/>; ordered by cost centre.</summary>
    public required IReadOnlyList<BillCostCenter> CostCenters { get; init; }

    /// <summary>Of the period itself, late usage of others not included.</summary>
    public required IReadOnlyList<BillDay> Days { get; init; }

    /// <summary>Those of the period first, then corrections of others; each ordered by who and what.</summary>
    public required IReadOnlyList<BillLine> Lines { get; init; }
}
