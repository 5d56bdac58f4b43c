using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Asks a provider's accounts for a month, and compares it. Scoped, like the book.</summary>
internal sealed class ProviderPulls(
    ReconciliationBook book, ReconciliationOptions options, IEnumerable<IProviderReports> reports)
{
    /// <summary>The comparison; null: no account of that provider is known.</summary>
    /// <exception cref="ReportUnavailableException">The provider gives no report; nothing is kept.</exception>
    public async Task<ReconciliationReport?> PullAsync(
        string provider, BillPeriod month, CancellationToken cancellationToken)
    {
        var accounts = options.Accounts.Where(account => account.Provider == provider).ToList();
        if (accounts.Count == 0)
        {
            return null;
        }

        var charges = new List<ProviderCharge>();
        foreach (var account in accounts)
        {
            charges.AddRange(await reports.Single(report => report.Kind == account.Kind)
                .PullAsync(account, month, cancellationToken));
        }

        return await book.CompareAsync(provider, month, "api", charges, cancellationToken);
    }
}
