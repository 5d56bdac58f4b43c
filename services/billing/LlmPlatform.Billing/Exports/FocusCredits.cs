using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// A credit note as FOCUS has it: an invoice of its own, in the month it was given, that corrects the bill's month and
/// refers to its invoice. What is given back of the tax stands beside it.
/// </summary>
internal static class FocusCredits
{
    /// <summary>Its rows in Cost and Usage; their billed costs add up to what is given back.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> ChargesOf(CreditedBill credit)
    {
        foreach (var (category, description, amount, part) in PartsOf(credit))
        {
            var row = FocusCharges.OfIssuer(credit.Bill, category, description, amount);
            row["BillingPeriodStart"] = FocusCharges.Instant(credit.Period.StartsAt);
            row["BillingPeriodEnd"] = FocusCharges.Instant(credit.Period.EndsAt);
            row["ChargeClass"] = "Correction";
            row["InvoiceId"] = credit.Note.Number;
            row["InvoiceDetailId"] = $"{credit.Note.Number}:{part}";
            row["x_ServicePeriod"] = credit.Bill.Period;
            yield return row;
        }
    }

    /// <summary>Its rows in Invoice Detail.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> DetailsOf(CreditedBill credit)
    {
        var issued = FocusCharges.Instant(credit.Note.IssuedAt);
        foreach (var (category, description, amount, part) in PartsOf(credit))
        {
            var row = FocusFile.Detail(credit.Bill, category, description, "", amount, part);
            row["BillingPeriodStart"] = FocusCharges.Instant(credit.Period.StartsAt);
            row["BillingPeriodEnd"] = FocusCharges.Instant(credit.Period.EndsAt);
            row["InvoiceId"] = credit.Note.Number;
            row["InvoiceDetailId"] = $"{credit.Note.Number}:{part}";
            row["PaymentCurrencyInvoiceDetailId"] = row["InvoiceDetailId"];
            row["InvoiceDetailCreated"] = issued;
            row["InvoiceDetailLastUpdated"] = issued;
            row["InvoiceIssueDate"] = issued;
            row["InvoiceIssueStatus"] = "Issued";
            row["PaymentDueDate"] = "";
            yield return row;
        }
    }

    private static IEnumerable<(string Category, string Description, decimal Amount, string Part)> PartsOf(
        CreditedBill credit)
    {
        var (note, bill) = (credit.Note, credit.Bill);
        yield return ("Credit", $"Credit on {bill.Number}", note.Tax - note.Amount, "credit");
        if (note.Tax != 0)
        {
            yield return ("Tax", $"{bill.TaxCode ?? "Tax"} on {bill.Number}", -note.Tax, "tax");
        }
    }
}
