namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Asks a provider for a month.</summary>
/// <param name="Provider">Its name in the configuration.</param>
/// <param name="Period">For example <c>2026-11</c>.</param>
internal sealed record ReconcileRequest(string Provider, string Period);
