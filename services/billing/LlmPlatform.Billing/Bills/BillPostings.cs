using LlmPlatform.Billing.Ledger;

namespace LlmPlatform.Billing.Bills;

/// <summary>What a bill, and what is given back on it, moves in the ledger. Each adds up to nothing.</summary>
internal static class BillPostings
{
    /// <summary>Usage becomes owed: at list price out of usage, the rest to margin, tax and rounding.</summary>
    public static IReadOnlyList<LedgerAmount> Of(Bill bill)
    {
        var amounts = bill.Lines.GroupBy(line => line.CostCenter, StringComparer.Ordinal)
            .Select(center => Usd(
                LedgerAccount.Usage(bill.Tenant, center.Key), -center.Sum(line => line.ListUsd)))
            .Append(Usd(Margin(bill), bill.DiscountUsd - bill.MarkupUsd))
            .ToList();
        if (bill.Currency != Currencies.Usd)
        {
            amounts.Add(Usd(Exchange(bill), bill.TotalUsd));
            amounts.Add(new LedgerAmount(Exchange(bill), bill.Currency, -bill.Subtotal));
        }

        amounts.Add(new LedgerAmount(Receivable(bill), bill.Currency, bill.Payable!.Value));
        amounts.Add(new LedgerAmount(Tax(bill), bill.Currency, -bill.Tax));
        amounts.Add(new LedgerAmount(
            new LedgerAccount(LedgerAccount.RoundingKind, bill.Tenant, ""), bill.Currency, -bill.Rounding));
        return [.. amounts.Where(amount => amount.Amount != 0)];
    }

    /// <summary>All of it taken back.</summary>
    public static IReadOnlyList<LedgerAmount> Reversed(Bill bill) =>
        [.. Of(bill).Select(amount => amount with { Amount = -amount.Amount })];

    /// <summary>Money given back: less is owed, at the cost of margin and tax.</summary>
    public static IReadOnlyList<LedgerAmount> Credited(Bill bill, decimal amount, decimal tax) =>
    [
        .. new[]
        {
            new LedgerAmount(Receivable(bill), bill.Currency, -amount),
            new LedgerAmount(Tax(bill), bill.Currency, tax),
            new LedgerAmount(Margin(bill), bill.Currency, amount - tax),
        }.Where(entry => entry.Amount != 0),
    ];

    private static LedgerAmount Usd(LedgerAccount account, decimal amount) => new(account, Currencies.Usd, amount);

    private static LedgerAccount Margin(Bill bill) => new(LedgerAccount.MarginKind, bill.Tenant, "");

    private static LedgerAccount Receivable(Bill bill) => new(LedgerAccount.ReceivableKind, bill.Tenant, "");

    private static LedgerAccount Tax(Bill bill) => new(LedgerAccount.TaxKind, bill.Tenant, bill.TaxCode ?? "");

    private static LedgerAccount Exchange(Bill bill) =>
        new(LedgerAccount.ExchangeKind, "", $"{Currencies.Usd}/{bill.Currency}");
}
