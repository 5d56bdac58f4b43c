namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Whether a comparison lets a month be billed.</summary>
internal static class ReconciliationStates
{
    /// <summary>It differs, and nobody has signed for it.</summary>
    public const string Open = "open";

    /// <summary>It differs by so little that nobody has to.</summary>
    public const string WithinTolerance = "within_tolerance";

    /// <summary>Two persons have looked, and the difference is in the ledger.</summary>
    public const string Signed = "signed";
}
