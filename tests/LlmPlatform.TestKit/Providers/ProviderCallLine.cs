namespace LlmPlatform.TestKit.Providers;

/// <summary>A call's line of the ledger.</summary>
internal sealed class ProviderCallLine(ProviderLedger ledger, ProviderAttempt attempt)
{
    private readonly int _index = ledger.Add(attempt);

    /// <summary>An answer has begun, and so much of it is charged for.</summary>
    public void Bill(ProviderUsage billed) =>
        ledger.Change(_index, line => line with { Status = 200, Billed = billed });

    public void SayUsage(bool said) => ledger.Change(_index, line => line with { UsageSent = said });

    /// <summary>Closes the line; an attempt that has ended keeps its first ending.</summary>
    public void End(AttemptOutcome outcome, int? status = null, string? fault = null) =>
        ledger.Change(_index, line => line.Outcome == AttemptOutcome.Open
            ? line with { Outcome = outcome, Status = status ?? line.Status, Fault = fault }
            : line);
}
