using System.Text.Json;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Proposals;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// An issued bill that two persons agreed to take back whole: the ledger is as before it, and its month can be closed
/// again.
/// </summary>
internal sealed class BillVoids(BillingDbContext database, LedgerWriter ledger) : IProposalKind
{
    public const string Kind = "void_bill";

    public string Name => Kind;

    public async Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken)
    {
        var id = JsonSerializer.Deserialize<string>(proposal.Payload)!;
        var row = await database.Bills.FromSql($"SELECT * FROM billing.bill WHERE id = {id} FOR UPDATE")
            .SingleAsync(cancellationToken);
        if (row.State != BillStates.Issued)
        {
            throw new ProposalRefusedException("wrong_state", $"{id} is {row.State}; only an issued bill is voided.");
        }

        if (await database.CreditNotes.AnyAsync(note => note.BillId == id, cancellationToken))
        {
            throw new ProposalRefusedException(
                "bill_credited", $"{id} has credit notes: credit the rest of it instead.");
        }

        // Bills after it may hold corrections of its month, which would then be of nothing.
        var bill = BillDocument.Read(row.Document);
        var later = await database.Bills.AsNoTracking()
            .Where(other => other.Tenant == row.Tenant && other.State != BillStates.Voided)
            .AnyAsync(other => string.Compare(other.Period, row.Period) > 0, cancellationToken);
        if (later)
        {
            throw new ProposalRefusedException(
                "later_bills", $"{row.Tenant} has bills of later months: credit {id} instead.");
        }

        row.State = BillStates.Voided;
        await ledger.PostAsync(database, "void", row.Number!, BillPostings.Reversed(bill), cancellationToken);
    }
}
