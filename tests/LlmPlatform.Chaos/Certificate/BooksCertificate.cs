using System.Globalization;
using System.Text;
using LlmPlatform.Chaos.Grounds;
using LlmPlatform.Chaos.Oracle;

namespace LlmPlatform.Chaos.Certificate;

/// <summary>What was done to a platform, and that its books balance all the same: for anyone to read.</summary>
/// <param name="Seed">Makes the same faults again.</param>
/// <param name="Took">From the first fault to the last.</param>
/// <param name="Faults">Every fault, in order.</param>
/// <param name="Calls">Every call, with what its caller saw.</param>
/// <param name="Books">The comparison.</param>
/// <param name="Rebuilt">What came out when all was derived again, twice; null: it did not come so far.</param>
internal sealed record BooksCertificate(
    int Seed,
    TimeSpan Took,
    IReadOnlyList<Fault> Faults,
    IReadOnlyList<CallMade> Calls,
    Verdict Books,
    RebuiltBooks? Rebuilt)
{
    /// <summary>The text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        void Line(string name, FormattableString value) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-17}{FormattableString.Invariant(value)}");

        var served = Calls.Count(call => call.Result.Succeeded);
        var refused = Calls.Count(call => call.Result.ErrorCode is not null);
        text.AppendLine(CultureInfo.InvariantCulture, $"CERTIFICATE, seed {Seed}, {Took:hh\\:mm\\:ss} of faults");
        Line("faults injected", $"{Faults.Count}");
        foreach (var kind in Faults.CountBy(fault => fault.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
            Line("", $"{kind.Value,4} x {kind.Key}");
        var broken = Calls.Count - served - refused;
        Line("calls made", $"{Calls.Count}: {served} served, {refused} refused, {broken} broken");
        Line("requests", $"{Books.Requests} in the audit trail, each once, its chain unbroken");
        Line("attempts", $"{Books.Attempts} in the provider's ledger, {Books.Attempts - Books.Refused} of them billed");
        Line("usage rows", $"{Books.Rows}, and as many events in the ledger, which balances");
        Line("spent", $"{Books.CostUsd} USD by the rows, the ledger and the budget's counter; nothing held");
        Line("estimates", $"{EstimatesInWords()}");
        if (Rebuilt is not null)
        {
            Line("alerts", $"one for each threshold that spending reached, and no other");
            Line("rebuilt", $"from the usage rows, and again after envelopes had come once more; the same both times:");
            Line("", $"{Rebuilt.Billing}");
            Line("", $"{Rebuilt.Metering}");
            Line("", $"{Rebuilt.Alerting}");
        }

        Line("differences", $"{Books.Differences.Count}");
        foreach (var difference in Books.Differences)
            Line("", $"{difference}");
        return text.ToString();
    }

    private string EstimatesInWords()
    {
        var estimated = Books.Estimated;
        var recovered = estimated.Count(estimate => estimate.Row.IsRecovered);
        var unseen = estimated.Count(estimate => estimate.Charged == 0);
        var error = estimated.Sum(estimate => estimate.ErrorTokens);
        var charged = estimated.Sum(estimate => estimate.Charged);
        return FormattableString.Invariant(
            $"""
            {estimated.Count}: {recovered} recovered after a crash, {estimated.Count - recovered} counted by the edge
                               when a provider broke off or nobody read on; {unseen} of calls that cost nothing;
                               {error:+#;-#;0} tokens on {charged} that the provider charges
            """);
    }
}
