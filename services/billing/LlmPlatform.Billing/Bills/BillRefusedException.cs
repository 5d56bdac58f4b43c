namespace LlmPlatform.Billing.Bills;

/// <summary>A bill cannot go on as it was asked to; nothing was changed.</summary>
/// <param name="code">Stable, snake case.</param>
/// <param name="detail">What stands in the way, and what to do.</param>
internal sealed class BillRefusedException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
}
