namespace LlmPlatform.Billing.Bills;

/// <summary>Accounts of the general ledger that a bill's journal names.</summary>
internal sealed record BillAccounts
{
    public string CompanyCode { get; init; } = "1000";

    /// <summary>Debited per cost centre.</summary>
    public string Expense { get; init; } = "650000";

    /// <summary>Credited with the whole.</summary>
    public string Clearing { get; init; } = "299000";

    /// <summary>Debited with the tax.</summary>
    public string Tax { get; init; } = "154000";
}
