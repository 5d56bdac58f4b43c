namespace LlmPlatform.Billing.Reconciliation;

/// <summary>A comparison without its lines.</summary>
internal sealed record ReconciliationSummary(
    Guid Id,
    string Provider,
    string Period,
    int Version,
    string State,
    decimal TheirsUsd,
    decimal OursUsd,
    IReadOnlyDictionary<string, decimal> ByKind)
{
    public static ReconciliationSummary Of(ReconciliationReport report) => new(
        report.Id, report.Provider, report.Period, report.Version, report.State, report.TheirsUsd, report.OursUsd,
        report.ByKind);
}
