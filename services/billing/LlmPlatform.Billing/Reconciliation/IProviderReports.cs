using LlmPlatform.Billing.Bills;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Asks a provider what was used and what it charges.</summary>
internal interface IProviderReports
{
    /// <summary>The kind of account it can ask for.</summary>
    string Kind { get; }

    /// <summary>Everything of a month, in UTC days.</summary>
    /// <exception cref="ReportUnavailableException">It was not given, or is none that we understand.</exception>
    Task<IReadOnlyList<ProviderCharge>> PullAsync(
        ProviderAccount account, BillPeriod month, CancellationToken cancellationToken);
}
