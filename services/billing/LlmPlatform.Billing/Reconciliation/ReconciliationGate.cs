using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Whether the providers' months let one be billed. Scoped, like the book.</summary>
internal sealed class ReconciliationGate(ReconciliationBook book, ReconciliationOptions options)
{
    public async Task<BillGate> OfAsync(string period, CancellationToken cancellationToken)
    {
        var compared = await book.LatestAsync(period, cancellationToken);
        var missing = options.Accounts.Select(account => account.Provider)
            .Except(compared.Select(report => report.Provider), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        var open = compared.Where(report => report.State == ReconciliationStates.Open).ToList();
        string[] parts =
        [
            .. missing.Select(provider => $"{provider} is not compared."),
            .. open.Select(report => FormattableString.Invariant(
                $"{report.Provider} charges {report.TheirsUsd} USD, metered are {report.OursUsd}: nobody signed.")),
        ];
        return new BillGate
        {
            Name = "reconciliation",
            Passed = parts.Length == 0,
            Detail = parts.Length > 0 ? string.Join(' ', parts)
                : compared.Count > 0 ? $"{compared.Count} providers are compared."
                : "No provider is compared.",
        };
    }
}
