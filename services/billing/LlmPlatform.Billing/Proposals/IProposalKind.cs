namespace LlmPlatform.Billing.Proposals;

/// <summary>Something that takes two persons: what it means to approve it.</summary>
internal interface IProposalKind
{
    /// <summary>Stable, snake case; kept with each proposal.</summary>
    string Name { get; }

    /// <summary>Carries it out, inside the transaction that marks it approved.</summary>
    /// <exception cref="ProposalRefusedException">It can no longer be carried out as it was proposed.</exception>
    Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken);
}
