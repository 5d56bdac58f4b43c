using System.Text.Json;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Proposals;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>
/// Signing for a comparison: what a provider charges beyond what was metered goes to its variance account, so that what
/// the ledger owes it is its invoice to the cent.
/// </summary>
internal sealed class ReconciliationProposals(
    BillingDbContext database, ReconciliationBook book, LedgerWriter ledger) : IProposalKind
{
    public const string Kind = "reconciliation";

    public string Name => Kind;

    public async Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken)
    {
        var id = JsonSerializer.Deserialize<Guid>(proposal.Payload, ProposalDesk.Json);
        var report = await book.FindAsync(id, cancellationToken)
            ?? throw new ProposalRefusedException("reconciliation_not_found", $"There is no reconciliation '{id}'.");
        var latest = await book.LatestAsync(report.Period, cancellationToken);
        if (latest.Single(known => known.Provider == report.Provider).Id != id)
        {
            throw new ProposalRefusedException(
                "reconciliation_superseded", "The provider has said something else since: sign for that.");
        }

        if (report.State == ReconciliationStates.Signed)
        {
            throw new ProposalRefusedException("reconciliation_signed", $"{report.SignedBy} has signed for it.");
        }

        await book.SignAsync(report, approver, cancellationToken);
        var adjustment = report.TheirsUsd - report.OursUsd - await PostedAsync(report, cancellationToken);
        if (adjustment != 0)
        {
            await ledger.PostAsync(
                database,
                Kind,
                id.ToString(),
                [
                    new LedgerAmount(VarianceOf(report), "USD", adjustment),
                    new LedgerAmount(LedgerAccount.Accrued(report.Provider), "USD", -adjustment),
                ],
                cancellationToken);
        }
    }

    // An earlier version of the same month may be posted: only what has changed since is added.
    private async Task<decimal> PostedAsync(ReconciliationReport report, CancellationToken cancellationToken) =>
        (await database.Database.SqlQuery<decimal>(
            $"""
            SELECT coalesce(sum(entry.amount), 0) AS "Value" FROM billing.ledger_entry AS entry
            JOIN billing.ledger_transaction AS posted ON posted.id = entry.transaction_id
            JOIN billing.ledger_account AS account ON account.id = entry.account_id
            JOIN billing.reconciliation AS compared ON compared.id::text = posted.source_key
            WHERE posted.source = {Kind} AND account.kind = {LedgerAccount.VarianceKind}
                AND compared.provider = {report.Provider} AND compared.period = {report.Period}
            """).ToListAsync(cancellationToken))[0];

    private static LedgerAccount VarianceOf(ReconciliationReport report) =>
        new(LedgerAccount.VarianceKind, "", report.Provider);
}
