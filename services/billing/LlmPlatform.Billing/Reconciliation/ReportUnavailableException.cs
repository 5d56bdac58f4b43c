namespace LlmPlatform.Billing.Reconciliation;

/// <summary>A provider did not give a report, or one that is not understood; the message says which and why.</summary>
internal sealed class ReportUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
