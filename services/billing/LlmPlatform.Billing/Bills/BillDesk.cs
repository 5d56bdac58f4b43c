using LlmPlatform.Billing.Exports;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Billing;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// Takes a bill from the end of its month to its issue: closed and checked by one person, approved by another, given
/// its number. Every step is a transaction with its audit record. Scoped, like the context.
/// </summary>
internal sealed class BillDesk(
    BillingDbContext database,
    IOutbox<BillingDbContext> outbox,
    BillReckoner reckoner,
    LedgerWriter ledger,
    TimeProvider clock)
{
    /// <summary>
    /// Computes a tenant's bill and stores it: for review when nothing stands in its way, else as a draft that says
    /// what does. Closing again before the approval computes it anew.
    /// </summary>
    /// <returns>Null: there is nothing to bill.</returns>
    /// <exception cref="BillRefusedException">The month is not over, or the bill is approved already.</exception>
    public async Task<Bill?> CloseAsync(
        string tenant, string period, string person, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // Alone: while it is computed no usage is stored, so warehouse and ledger are of one moment.
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtext('billing.usage'))", cancellationToken);
        var stored = await database.Bills
            .Where(row => row.Tenant == tenant && row.Period == period).ToListAsync(cancellationToken);
        var row = stored.SingleOrDefault(row => row.State != BillStates.Voided);
        if (row is not null and not { State: BillStates.Draft or BillStates.Review })
        {
            throw new BillRefusedException("bill_closed", $"{row.Id} is {row.State} already.");
        }

        if (await reckoner.ComputeAsync(tenant, period, cancellationToken) is not { Lines.Count: > 0 } computed)
        {
            return null;
        }

        if (computed.State == BillStates.Open)
        {
            throw new BillRefusedException(
                "period_open", $"{period} is not over for {tenant}: close it after its end.");
        }

        var bill = Judged(computed with
        {
            Id = row?.Id ?? BillId.Of(tenant, period, BillReader.RevisionOf(stored, tenant)),
            PreparedBy = person,
            Gates = WithWaivers(computed.Gates, row),
        });
        if (row is null)
        {
            row = new BillRow
            {
                Id = bill.Id,
                Tenant = tenant,
                Period = period,
                Revision = BillReader.RevisionOf(stored, tenant),
                State = bill.State,
                Author = person,
                Series = bill.Series,
                Document = "",
            };
            database.Bills.Add(row);
        }

        row.Author = person;
        row.Series = bill.Series;
        Store(row, bill, "bill.closed", person);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return bill;
    }

    /// <summary>Answers for going on although a gate did not pass.</summary>
    public Task<Bill> WaiveAsync(
        string id, string gate, string reason, string person, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            (row, bill) =>
            {
                if (row.State != BillStates.Draft || bill.Gates.All(known => known.Name != gate || !known.IsOpen))
                {
                    throw new BillRefusedException(
                        "gate_not_open", $"The gate '{gate}' does not stand in the way of {row.Id}, a {row.State}.");
                }

                Store(
                    row,
                    Judged(bill with
                    {
                        Gates = [.. bill.Gates.Select(known => known.Name != gate ? known : known with
                        {
                            WaivedBy = person,
                            WaivedBecause = reason,
                        })],
                    }),
                    "bill.gate_waived",
                    person);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>Approves a bill; its author cannot.</summary>
    public Task<Bill> ApproveAsync(string id, string person, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            (row, bill) =>
            {
                Require(row, BillStates.Review);
                if (row.Author == person)
                {
                    throw new BillRefusedException(
                        "self_approval", $"{person} closed {row.Id}, so another person has to approve it.");
                }

                row.ApprovedBy = person;
                row.ApprovedAt = clock.GetUtcNow();
                Store(
                    row,
                    bill with { State = BillStates.Approved, ApprovedBy = person, ApprovedAt = row.ApprovedAt },
                    "bill.approved",
                    person);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>Numbers a bill, freezes it, chains it to the one before and posts it to the ledger.</summary>
    public Task<Bill> IssueAsync(string id, string person, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            async (row, bill) =>
            {
                Require(row, BillStates.Approved);
                var (number, previous) = await DocumentSeries.NextAsync(database, row.Series, cancellationToken);
                var issued = bill with
                {
                    State = BillStates.Issued,
                    Number = number,
                    IssuedAt = clock.GetUtcNow(),
                    PreviousHash = previous,
                };
                row.Number = number;
                row.IssuedAt = issued.IssuedAt;
                row.PreviousHash = previous;
                Store(row, issued, "bill.issued", person);
                row.ContentHash = BillDocument.HashOf(row.Document);
                await DocumentSeries.ChainAsync(database, row.Series, row.ContentHash, cancellationToken);
                await ledger.PostAsync(database, "bill", number, BillPostings.Of(issued), cancellationToken);
                outbox.Add(new BillIssued
                {
                    BillId = row.Id,
                    Number = number,
                    Tenant = row.Tenant,
                    Period = row.Period,
                    Currency = issued.Currency,
                    Payable = issued.Payable!.Value,
                    IssuedAt = issued.IssuedAt.Value,
                    Papers = BillPapers.Of(issued),
                });
            },
            cancellationToken);

    private async Task<Bill> ChangeAsync(
        string id, Func<BillRow, Bill, Task> change, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var row = await database.Bills.FromSql($"SELECT * FROM billing.bill WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(cancellationToken)
            ?? throw new BillRefusedException("bill_not_found", $"No bill '{id}' was closed.");
        await change(row, BillDocument.Read(row.Document));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return BillDocument.Read(row.Document);
    }

    private void Store(BillRow row, Bill bill, string action, string person)
    {
        var now = clock.GetUtcNow();
        row.State = bill.State;
        row.Document = BillDocument.Write(bill);
        outbox.Add(new AdminChangeRecorded
        {
            ChangeId = Guid.CreateVersion7(now),
            ChangedAt = now,
            Actor = person,
            Action = action,
            Resource = $"bill:{row.Id}",
            Summary = FormattableString.Invariant($"{row.State}, {bill.Payable} {bill.Currency} {bill.Number}").Trim(),
        });
    }

    private static Bill Judged(Bill bill) =>
        bill with { State = bill.Gates.Any(gate => gate.IsOpen) ? BillStates.Draft : BillStates.Review };

    // What was answered for stays so while the same gate finds the same.
    private static IReadOnlyList<BillGate> WithWaivers(IReadOnlyList<BillGate> gates, BillRow? before)
    {
        var waived = before is null ? [] : BillDocument.Read(before.Document).Gates;
        return
        [
            .. gates.Select(gate => waived.FirstOrDefault(known => !gate.Passed && known.WaivedBy is not null
                && known.Name == gate.Name && known.Detail == gate.Detail) ?? gate),
        ];
    }

    private static void Require(BillRow row, string state)
    {
        if (row.State != state)
        {
            throw new BillRefusedException("wrong_state", $"{row.Id} is {row.State}; this takes one that is {state}.");
        }
    }
}
