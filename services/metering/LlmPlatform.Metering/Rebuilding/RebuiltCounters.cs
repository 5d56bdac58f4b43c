namespace LlmPlatform.Metering.Rebuilding;

/// <summary>
/// What counters and alerts say after they were derived again from billing's usage rows. The hashes are of the content
/// in one order, whatever it came in: the same usage gives the same hashes.
/// </summary>
/// <param name="Periods">Budget periods with a counter.</param>
/// <param name="Differing">How many counters had said something else.</param>
/// <param name="CountersHash">Of what each has spent, SHA-256 in hex.</param>
/// <param name="Crossings">Thresholds crossed.</param>
/// <param name="Missing">How many of them had not been announced.</param>
/// <param name="AlertsHash">Of the crossings; <c>--rebuild</c> of alerting prints that of its alerts.</param>
internal sealed record RebuiltCounters(
    int Periods, int Differing, string CountersHash, int Crossings, int Missing, string AlertsHash)
{
    public override string ToString() => FormattableString.Invariant(
        $"{Periods} counters, {Differing} differed; {Crossings} crossings, {Missing} were not announced; ")
        + $"counters {CountersHash}, alerts {AlertsHash}";
}
