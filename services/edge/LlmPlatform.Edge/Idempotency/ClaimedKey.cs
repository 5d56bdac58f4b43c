namespace LlmPlatform.Edge.Idempotency;

/// <summary>A key that a call holds while it runs, and the loop that keeps it from running out.</summary>
/// <param name="Key">Where it stands in Redis.</param>
/// <param name="Claim">What stands there.</param>
/// <param name="Fingerprint">Of the request.</param>
/// <param name="Ending">Cancelled when the call has ended.</param>
/// <param name="Renewal">The loop.</param>
internal sealed record ClaimedKey(
    string Key, byte[] Claim, byte[] Fingerprint, CancellationTokenSource Ending, Task Renewal)
{
    /// <summary>Ends the renewal: what is said of the key from here on is the last word.</summary>
    public async ValueTask StopRenewingAsync()
    {
        await Ending.CancelAsync();
        await Renewal;
        Ending.Dispose();
    }
}
