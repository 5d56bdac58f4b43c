using System.Text.Json;
using LlmPlatform.Billing.Proposals;

namespace LlmPlatform.Billing.Pricing;

/// <summary>Prices that two persons agreed on enter the book.</summary>
internal sealed class PriceProposals(PriceBookWriter writer) : IProposalKind
{
    public const string Kind = "prices";

    public string Name => Kind;

    public Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken)
    {
        var prices = JsonSerializer.Deserialize<ProposedPrice[]>(proposal.Payload, ProposalDesk.Json)!;
        return writer.RecordAsync(
            [.. prices.Select(price => price.ToPrice())], $"proposal:{proposal.Id}", approver, cancellationToken);
    }
}
