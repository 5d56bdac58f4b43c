using System.Text.Json;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Proposals;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>Money that two persons agreed to give back on an issued bill.</summary>
internal sealed class CreditNotes(BillingDbContext database, LedgerWriter ledger, TimeProvider clock) : IProposalKind
{
    public const string Kind = "credit_note";

    public string Name => Kind;

    public async Task ApplyAsync(Proposal proposal, string approver, CancellationToken cancellationToken)
    {
        var proposed = JsonSerializer.Deserialize<ProposedCredit>(proposal.Payload, ProposalDesk.Json)!;
        var row = await database.Bills
            .FromSql($"SELECT * FROM billing.bill WHERE id = {proposed.BillId} FOR UPDATE")
            .SingleAsync(cancellationToken);
        if (row.State != BillStates.Issued)
        {
            throw new ProposalRefusedException(
                "wrong_state", $"{row.Id} is {row.State}; only an issued bill is credited.");
        }

        var bill = BillDocument.Read(row.Document);
        var before = await database.CreditNotes.Where(note => note.BillId == row.Id)
            .ToListAsync(cancellationToken);
        var left = bill.Payable!.Value - before.Sum(note => note.Amount);
        if (proposed.Amount > left)
        {
            throw new ProposalRefusedException(
                "credit_too_large",
                FormattableString.Invariant($"{left.Trimmed()} {bill.Currency} of {row.Number} are left to credit."));
        }

        // The last one gives back what is left of the tax, so that all of them give back all of it.
        var tax = proposed.Amount == left
            ? bill.Tax - before.Sum(note => note.Tax)
            : Currencies.Payable(proposed.Amount * bill.Tax / bill.Payable.Value, bill.Currency);
        var series = $"CN-{row.Series}";
        var (number, previous) = await DocumentSeries.NextAsync(database, series, cancellationToken);
        var now = clock.GetUtcNow();
        var amounts = FormattableString.Invariant($"{proposed.Amount.Trimmed()} {tax.Trimmed()} {bill.Currency}");
        var hash = BillDocument.HashOf($"{number}\n{row.Number}\n{amounts}\n{now:O}\n{previous}");
        database.CreditNotes.Add(new CreditNote
        {
            Number = number,
            BillId = row.Id,
            Amount = proposed.Amount,
            Tax = tax,
            Currency = bill.Currency,
            Reason = proposal.Reason,
            ProposedBy = proposal.ProposedBy,
            ApprovedBy = approver,
            IssuedAt = now,
            ContentHash = hash,
            PreviousHash = previous,
        });
        await DocumentSeries.ChainAsync(database, series, hash, cancellationToken);
        await ledger.PostAsync(
            database, "credit", number, BillPostings.Credited(bill, proposed.Amount, tax), cancellationToken);
        if (proposed.Amount == left)
        {
            row.State = BillStates.Credited;
        }
    }
}
