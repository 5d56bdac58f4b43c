using System.Text.Json;
using LlmPlatform.Billing.Proposals;

namespace LlmPlatform.Billing.Bills;

/// <summary>Terms that two persons agreed on hold from their period on.</summary>
internal sealed class TermsProposals(BillingDbContext database, TimeProvider clock) : IProposalKind
{
    public const string Kind = "terms";

    public string Name => Kind;

    public Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken)
    {
        var proposed = JsonSerializer.Deserialize<ProposeTermsRequest>(proposal.Payload, ProposalDesk.Json)!;
        database.Terms.Add(new TermsVersion
        {
            Tenant = proposed.Tenant ?? "",
            FromPeriod = proposed.FromPeriod,
            Terms = JsonSerializer.Serialize(proposed.Terms, ProposalDesk.Json),
            Source = $"proposal:{proposal.Id}",
            RecordedAt = clock.GetUtcNow(),
        });
        return Task.CompletedTask;
    }
}
