namespace LlmPlatform.Billing.Proposals;

/// <summary>The values of a proposal's state. A decision is final.</summary>
internal static class ProposalStates
{
    public const string Pending = "pending";
    public const string Approved = "approved";
    public const string Rejected = "rejected";
}
