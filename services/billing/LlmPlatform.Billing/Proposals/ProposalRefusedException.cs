namespace LlmPlatform.Billing.Proposals;

/// <summary>What was proposed no longer fits what is there; nothing was changed.</summary>
/// <param name="code">Stable, snake case.</param>
/// <param name="detail">What stands in the way, and what to do.</param>
internal sealed class ProposalRefusedException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
}
