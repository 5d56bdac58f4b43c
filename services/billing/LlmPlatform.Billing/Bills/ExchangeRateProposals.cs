using System.Text.Json;
using LlmPlatform.Billing.Proposals;

namespace LlmPlatform.Billing.Bills;

/// <summary>Rates of exchange that two persons agreed on can be pinned by bills.</summary>
internal sealed class ExchangeRateProposals(BillingDbContext database, TimeProvider clock) : IProposalKind
{
    public const string Kind = "exchange_rates";

    public string Name => Kind;

    public Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken)
    {
        var rates = JsonSerializer.Deserialize<ProposedRate[]>(proposal.Payload, ProposalDesk.Json)!;
        database.ExchangeRates.AddRange(rates.Select(rate => new ExchangeRate
        {
            Currency = rate.Currency,
            Day = rate.Day,
            PerUsd = rate.PerUsd,
            Source = rate.Source,
            RecordedAt = clock.GetUtcNow(),
        }));
        return Task.CompletedTask;
    }
}
