namespace LlmPlatform.Billing.Ledger;

/// <summary>An account of the ledger, by what it means. Positive is debit.</summary>
/// <param name="Kind">One of the names below.</param>
/// <param name="Tenant">Whose; empty: nobody's in particular.</param>
/// <param name="Detail">The cost centre, the provider, the tax code; empty: none.</param>
internal readonly record struct LedgerAccount(string Kind, string Tenant, string Detail)
{
    /// <summary>Used and not yet billed, at what the price book says it costs.</summary>
    public const string UsageKind = "usage";

    /// <summary>Owed to a provider for what was used.</summary>
    public const string AccruedKind = "accrued";

    /// <summary>Billed to a tenant.</summary>
    public const string ReceivableKind = "receivable";

    /// <summary>Mark-ups charged and discounts given.</summary>
    public const string MarginKind = "margin";

    /// <summary>What rounding to the smallest coin leaves.</summary>
    public const string RoundingKind = "rounding";

    /// <summary>Tax charged.</summary>
    public const string TaxKind = "tax";

    /// <summary>One side of a conversion; the other is the same account in the other currency.</summary>
    public const string ExchangeKind = "fx";

    /// <summary>What a provider charged beyond, or short of, what was metered.</summary>
    public const string VarianceKind = "recon_variance";

    public static LedgerAccount Usage(string tenant, string costCenter) => new(UsageKind, tenant, costCenter);

    public static LedgerAccount Accrued(string provider) => new(AccruedKind, "", provider);

    public override string ToString() =>
        string.Join(':', new[] { Kind, Tenant, Detail }.Where(part => part.Length > 0));
}
