using System.Text.Json;
using LlmPlatform.Billing.Proposals;

namespace LlmPlatform.Billing.Rerating;

/// <summary>
/// Usage is rated anew when two persons agreed on it. Months that are billed keep their bills: what changes is on the
/// next bill, as a correction.
/// </summary>
internal sealed class RerateProposals(Rerater rerater) : IProposalKind
{
    public const string Kind = "rerate";

    public string Name => Kind;

    public Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken) =>
        rerater.RerateAsync(
            JsonSerializer.Deserialize<RerateRequest>(proposal.Payload, ProposalDesk.Json)!, cancellationToken);
}
