using System.Globalization;

namespace LlmPlatform.Billing.Tests.Exports;

[Collection(IssuedMonths.Collection)]
public sealed class FocusTests(IssuedMonths issued)
{
    private static readonly string[] Months = ["2026-11", "2026-12", "2027-01"];

    [Theory]
    [InlineData("1.2", "cost_and_usage", "chargeback", 57)]
    [InlineData("1.2", "cost_and_usage", "provider", 57)]
    [InlineData("1.4", "cost_and_usage", "chargeback", 65)]
    [InlineData("1.4", "cost_and_usage", "provider", 65)]
    [InlineData("1.4", "invoice_detail", "chargeback", 22)]
    [InlineData("1.4", "billing_period", "chargeback", 6)]
    public async Task A_FOCUS_file_has_the_columns_types_nulls_and_values_of_its_specification(
        string version, string dataset, string perspective, int columns)
    {
        var schema = FocusSchema.Of(version, dataset);
        Assert.Equal(columns, schema.Columns.Count());
        var all = await ReadAsync(version, dataset, perspective);

        Assert.Empty(schema.FaultsOf(all));
        Assert.Empty(dataset switch
        {
            "invoice_detail" => FocusRules.BrokenByDetails(all, await ReadAsync("1.4", "billing_period", "chargeback")),
            "billing_period" => FocusRules.BrokenByPeriods(all),
            _ => FocusRules.BrokenBy(all),
        });
        Assert.True(all.Count > Months.Length);
    }

    [Fact]
    public async Task A_file_that_departs_from_the_specification_is_found_out()
    {
        foreach (var (version, dataset) in new[]
        {
            ("1.2", "cost_and_usage"), ("1.4", "cost_and_usage"), ("1.4", "invoice_detail"), ("1.4", "billing_period"),
        })
        {
            var schema = FocusSchema.Of(version, dataset);
            var good = (await ReadAsync(version, dataset, "chargeback")).Take(2).ToList();
            foreach (var column in schema.Columns)
            {
                var place = Array.IndexOf(good[0], column.Name);
                Assert.NotEmpty(schema.FaultsOf([.. good.Select(record => Without(record, place))]));
                string[] wrong = column.Type switch
                {
                    "decimal" => ["1,000", "+1", "1.", "$1"],
                    "price" => ["1,000", "-1"],
                    "time" => ["2026-11-01", "2026-11-01T00:00:00+01:00", "1 Nov 2026"],
                    "currency" => ["eur", "EURO"],
                    "json" => ["[1]", "{", "{\"x_a\":{}}", "{\"x_a\":1,\"x_a\":2}"],
                    "object" => ["[1]", "{", "{\"a\":{\"b\":{\"c\":{}}}}", "{\"a\":1,\"a\":2}", "{\"a\":[null]}"],
                    _ => column.Allowed.Count > 0 ? ["Sonstiges", " "] : [" "],
                };
                foreach (var value in column.AllowsNull ? wrong : [.. wrong, ""])
                    Assert.NotEmpty(schema.FaultsOf([good[0], With(good[1], place, value)]));
            }
        }

        var charges = await ReadAsync("1.4", "cost_and_usage", "chargeback");
        var usage = charges.First(record => record.Contains("Usage") && !record.Contains("Correction"));
        foreach (var (column, value) in new[]
        {
            ("SkuPriceId", ""), ("SkuId", ""), ("PricingUnit", ""), ("ConsumedQuantity", ""), ("ListUnitPrice", "99"),
            ("ChargeCategory", "Tax"), ("ChargeClass", "Correction"), ("EffectiveCost", "99"),
            ("ChargePeriodEnd", "2020-01-01T00:00:00Z"), ("RegionName", "x"), ("SubAccountId", "x"),
            ("BilledCost", "77"), ("ResourceType", "x"), ("CommitmentDiscountQuantity", "1"),
        })
        {
            var place = Array.IndexOf(charges[0], column);
            var changed = usage[place].Length > 0 && column is "RegionName" or "SubAccountId" ? "" : value;
            Assert.NotEmpty(FocusRules.BrokenBy([charges[0], With(usage, place, changed)]));
        }

        var details = await ReadAsync("1.4", "invoice_detail", "chargeback");
        var periods = await ReadAsync("1.4", "billing_period", "chargeback");
        foreach (var (column, value) in new[]
        {
            ("InvoiceDetailLastUpdated", "2020-01-01T00:00:00Z"), ("PaymentCurrencyInvoiceDetailId", "x"),
            ("InvoiceDetailCreated", "2030-01-01T00:00:00Z"), ("PaymentCurrencyBilledCost", "99"),
            ("InvoiceDetailId", details[2][Array.IndexOf(details[0], "InvoiceDetailId")]), ("InvoiceIssueDate", ""),
        })
        {
            var changed = With(details[1], Array.IndexOf(details[0], column), value);
            Assert.NotEmpty(FocusRules.BrokenByDetails([details[0], changed, .. details.Skip(2)], periods));
        }

        Assert.NotEmpty(FocusRules.BrokenByPeriods([.. periods, periods[1]]));
        Assert.NotEmpty(FocusRules.BrokenByPeriods(
            [periods[0], With(periods[1], Array.IndexOf(periods[0], "BillingPeriodCreated"), "2030-01-01T00:00:00Z")]));
    }

    [Fact]
    public async Task Billed_costs_of_every_invoice_and_credit_note_add_up_to_what_is_payable_in_every_dataset()
    {
        var expected = new Dictionary<string, decimal>();
        foreach (var id in issued.Ids)
        {
            var bill = await issued.Billing.GetAsync($"/admin/v1/bills/{id}");
            expected.Add(bill.GetProperty("number").GetString()!, bill.GetProperty("payable").GetDecimal());
        }

        var notes = (await issued.Billing.GetAsync($"/admin/v1/bills/{issued.Ids[0]}/credit-notes"))
            .GetProperty("items").EnumerateArray().ToDictionary(
                note => note.GetProperty("number").GetString()!, note => note.GetProperty("amount").GetDecimal());
        Assert.Equal(IssuedMonths.Credited, notes.Values.Sum());
        foreach (var (note, amount) in notes)
            expected.Add(note, -amount);

        foreach (var (version, dataset) in new[]
        {
            ("1.2", "cost_and_usage"), ("1.4", "cost_and_usage"), ("1.4", "invoice_detail"),
        })
        {
            var file = await ReadAsync(version, dataset, "chargeback");
            Assert.Equal(expected, SumsBy(file, "InvoiceId"));
        }

        var charges = await ReadAsync("1.4", "cost_and_usage", "chargeback");
        var details = await ReadAsync("1.4", "invoice_detail", "chargeback");
        Assert.Equal(SumsBy(charges, "InvoiceDetailId"), SumsBy(details, "InvoiceDetailId"));
        Assert.All(details.Skip(1), record => Assert.Equal(
            notes.ContainsKey(Field(details[0], record, "InvoiceId"))
                ? "DE-000001" : Field(details[0], record, "InvoiceId"),
            Field(details[0], record, "ReferenceInvoiceId")));
        var periods = await ReadAsync("1.4", "billing_period", "chargeback");
        var billed = charges.Skip(1).Select(record => (
            Field(charges[0], record, "BillingPeriodStart"), Field(charges[0], record, "InvoiceIssuerName")));
        Assert.Equal(
            billed.Distinct().Order(),
            periods.Skip(1).Select(record => (
                Field(periods[0], record, "BillingPeriodStart"), Field(periods[0], record, "InvoiceIssuerName")))
                .Order());
        Assert.Equal(
            [("2026-11", "Closed"), ("2026-12", "Closed"), ("2027-01", "Open")],
            periods.Skip(1).Where(record => Field(periods[0], record, "InvoiceIssuerName") == "Plattform GmbH")
                .Select(record => (
                    Field(periods[0], record, "BillingPeriodEnd")[..7],
                    Field(periods[0], record, "BillingPeriodStatus")))
                .Order());
    }

    [Fact]
    public async Task Tax_at_list_prices_is_the_tax_on_them()
    {
        var bill = await issued.Billing.GetAsync($"/admin/v1/bills/{issued.Ids[0]}");
        var expected = bill.GetProperty("list_usd").GetDecimal() * bill.GetProperty("tax_share").GetDecimal()
            * bill.GetProperty("exchange").GetProperty("per_usd").GetDecimal();
        var file = await issued.ReadAsync($"/bills/{issued.Ids[0]}/focus.csv");
        var tax = file.Single(record => Field(file[0], record, "ChargeCategory") == "Tax");

        Assert.Equal(expected, decimal.Parse(Field(file[0], tax, "ListCost"), CultureInfo.InvariantCulture), 6);
        Assert.NotEqual(Field(file[0], tax, "BilledCost"), Field(file[0], tax, "ListCost"));
    }

    [Fact]
    public async Task What_providers_charge_is_what_was_metered_at_list_prices()
    {
        foreach (var month in Months[..2])
        {
            var bills = await issued.Billing.GetAsync($"/admin/v1/bills?period={month}");
            var list = 0m;
            foreach (var bill in bills.GetProperty("items").EnumerateArray())
            {
                var whole = await issued.Billing.GetAsync($"/admin/v1/bills/{bill.GetProperty("id").GetString()}");
                list += whole.GetProperty("list_usd").GetDecimal();
            }

            var file = await issued.ReadAsync($"/exports/focus?period={month}&perspective=provider");
            Assert.Equal(0, SumsBy(file, "InvoiceId")[""]);
            Assert.Equal(list, SumsBy(file, "InvoiceId", "EffectiveCost")[""]);
        }
    }

    // A dataset over every month, under one header.
    private async Task<IReadOnlyList<string[]>> ReadAsync(string version, string dataset, string perspective)
    {
        var all = new List<string[]>();
        foreach (var month in Months)
        {
            var file = await issued.ReadAsync(
                $"/exports/focus?period={month}&version={version}&dataset={dataset}&perspective={perspective}");
            all.AddRange(all.Count == 0 ? file : file.Skip(1));
        }

        return all;
    }

    private static string[] Without(string[] record, int place) => [.. record[..place], .. record[(place + 1)..]];

    private static string[] With(string[] record, int place, string value) =>
        [.. record[..place], value, .. record[(place + 1)..]];

    private static Dictionary<string, decimal> SumsBy(
        IReadOnlyList<string[]> records, string column, string cost = "BilledCost") =>
        records.Skip(1).GroupBy(record => Field(records[0], record, column)).ToDictionary(
            same => same.Key,
            same => same.Sum(record => decimal.Parse(
                Field(records[0], record, cost), CultureInfo.InvariantCulture)));

    private static string Field(string[] header, string[] record, string name) =>
        record[Array.IndexOf(header, name)];
}
