using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmPlatform.Billing.Bills;
using LlmPlatform.Billing.Exports;
using LlmPlatform.Billing.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Exports;

[Collection(IssuedMonths.Collection)]
public sealed class DocumentTests(IssuedMonths issued)
{
    [Fact]
    public async Task Every_paper_of_a_bill_and_the_ledger_say_the_same_amount()
    {
        var owed = new Dictionary<string, decimal> { ["acme"] = -IssuedMonths.Credited, ["zeta"] = 0 };
        foreach (var id in issued.Ids)
        {
            var bill = await issued.Billing.GetAsync($"/admin/v1/bills/{id}");
            var (payable, number) = (bill.GetProperty("payable").GetDecimal(), bill.GetProperty("number").GetString());

            var focus = await issued.ReadAsync($"/bills/{id}/focus.csv");
            Assert.All(focus.Skip(1), record => Assert.Equal(number, Field(focus[0], record, "InvoiceId")));
            Assert.Equal(payable, Sum(focus, "BilledCost"));
            var detail = await issued.ReadAsync($"/bills/{id}/focus.csv?dataset=invoice_detail");
            Assert.Equal(22, detail[0].Length);
            Assert.Equal(payable, Sum(detail, "BilledCost"));
            var byDetail = focus.Skip(1).GroupBy(record => Field(focus[0], record, "InvoiceDetailId"))
                .ToDictionary(same => same.Key, same => same.Sum(record => Amount(focus[0], record, "BilledCost")));
            Assert.Equal(byDetail, detail.Skip(1).ToDictionary(
                record => Field(detail[0], record, "InvoiceDetailId"),
                record => Amount(detail[0], record, "BilledCost")));

            var csv = await issued.ReadAsync($"/bills/{id}.csv");
            Assert.Equal(payable, Amount(csv[0], csv[^1], "payable"));
            Assert.Equal(Amount(csv[0], csv[^1], "amount"), csv.Skip(1).SkipLast(1).Sum(
                record => Amount(csv[0], record, "amount")));

            var journal = await issued.ReadAsync($"/bills/{id}/journal.csv");
            Assert.Equal(Sum(journal, "debit"), Sum(journal, "credit"));
            Assert.Equal(payable, Amount(journal[0], journal[^1], "credit"));

            var pdf = PdfText.Read(await issued.BytesAsync($"/bills/{id}.pdf"));
            Assert.Equal(payable, pdf.AmountBeside("Payable"));
            Assert.DoesNotContain("Total", pdf.Beginnings);
            owed[bill.GetProperty("tenant").GetString()!] += payable;
        }

        await using var scope = issued.Billing.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>()
            .BalancesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(owed, balances.Where(balance => balance.Account.Kind == LedgerAccount.ReceivableKind)
            .ToDictionary(balance => balance.Account.Tenant, balance => balance.Amount));
    }

    [Fact]
    public async Task Every_paper_is_the_same_bytes_whenever_it_is_made()
    {
        foreach (var path in new[] { ".csv", ".pdf", "/journal.csv", "/focus.csv", "/focus.csv?version=1.2" })
        {
            var first = await issued.BytesAsync($"/bills/{issued.Ids[0]}{path}");
            issued.Clock.Advance(TimeSpan.FromDays(40));
            Assert.Equal(first, await issued.BytesAsync($"/bills/{issued.Ids[0]}{path}"));
        }
    }

    [Fact]
    public async Task What_is_mailed_is_what_the_platform_shows()
    {
        await using var scope = issued.Billing.Services.CreateAsyncScope();
        var bill = await scope.ServiceProvider.GetRequiredService<BillReader>()
            .FindAsync(issued.Ids[0], TestContext.Current.CancellationToken);
        var papers = BillPapers.Of(bill!);

        Assert.Equal(["DE-000001.pdf", "DE-000001.csv"], papers.Select(paper => paper.Name));
        foreach (var paper in papers)
        {
            var shown = await issued.BytesAsync($"/bills/{issued.Ids[0]}{Path.GetExtension(paper.Name)}");
            Assert.Equal(shown, await issued.Billing.AsServiceAsync(paper.Path));
        }
    }

    [Fact]
    public async Task A_bill_is_a_PDF_of_a_few_pages()
    {
        var file = await issued.BytesAsync($"/bills/{issued.Ids[0]}.pdf");
        var text = Encoding.Latin1.GetString(file);
        Assert.StartsWith("%PDF-", text, StringComparison.Ordinal);
        Assert.InRange(text.Split("/Type/Page").Length + text.Split("/Type /Page").Length - 2, 2, 11);
        Assert.InRange(file.Length, 5_000, 2_000_000);
    }

    [Fact]
    public async Task Papers_show_a_long_address_and_reason_whole()
    {
        var id = issued.Ids[0];
        Assert.True(PdfText.Read(await issued.BytesAsync($"/bills/{id}.pdf")).Says(IssuedMonths.Address));
        using var notes = JsonDocument.Parse(await issued.BytesAsync($"/bills/{id}/credit-notes"));
        foreach (var note in notes.RootElement.GetProperty("items").EnumerateArray())
        {
            var number = note.GetProperty("number").GetString();
            var paper = PdfText.Read(await issued.BytesAsync($"/bills/{id}/credit-notes/{number}.pdf"));
            Assert.True(paper.Says(IssuedMonths.Reason) && paper.Says("Tax VAT19 19.00 %"));
        }
    }

    private static string Field(string[] header, string[] record, string name) =>
        record[Array.IndexOf(header, name)];

    private static decimal Amount(string[] header, string[] record, string name) =>
        Field(header, record, name) is { Length: > 0 } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static decimal Sum(IReadOnlyList<string[]> records, string name) =>
        records.Skip(1).Sum(record => Amount(records[0], record, name));
}
