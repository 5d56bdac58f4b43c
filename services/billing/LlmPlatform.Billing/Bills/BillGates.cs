using LlmPlatform.Billing.Completeness;

namespace LlmPlatform.Billing.Bills;

/// <summary>What has to hold before a bill is issued. Pure.</summary>
internal static class BillGates
{
    /// <param name="bill">As computed.</param>
    /// <param name="checks">What was found while it was; several of one name become one gate.</param>
    /// <param name="spools">What came of every edge.</param>
    /// <param name="before">The bill issued before it; null: the first.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="now">For the grace period.</param>
    public static IReadOnlyList<BillGate> Of(
        Bill bill,
        IEnumerable<BillGate> checks,
        IReadOnlyList<SpoolCompleteness> spools,
        Bill? before,
        BillOptions options,
        DateTimeOffset now)
    {
        var quality = bill.DataQuality;
        var gates = new List<BillGate>
        {
            Gate(
                "grace",
                now >= bill.PeriodEnd + options.Grace,
                $"Usage is waited for until {bill.PeriodEnd + options.Grace:u}."),
            CompletenessOf(bill, spools),
            Gate("unpriced", quality.UnpricedRows == 0, $"{quality.UnpricedRows} events have no price."),
            Gate(
                "quarantine",
                quality.QuarantinedEvents == 0,
                $"{quality.QuarantinedEvents} events could not be stored."),
            Gate(
                "estimates",
                quality.EstimatedShare <= options.MaxEstimatedShare,
                FormattableString.Invariant($"{quality.EstimatedShare:P2} of events are estimated; up to ")
                + FormattableString.Invariant($"{options.MaxEstimatedShare:P2} pass.")),
            Gate(
                "exchange_rate",
                bill.Payable is not null,
                bill.Currency == Currencies.Usd
                    ? "None is needed."
                    : bill.Exchange is { } exchange
                        ? FormattableString.Invariant($"{exchange.PerUsd} of {exchange.Day:O}, {exchange.Source}.")
                        : $"No rate for {bill.Currency} is known of a day before the month's end."),
            ChangeOf(bill, before, options),
        };
        gates.AddRange(checks.GroupBy(check => check.Name).Select(same => Gate(
            same.Key, same.All(check => check.Passed), string.Join(' ', same.Select(check => check.Detail)))));
        return gates;
    }

    private static BillGate CompletenessOf(Bill bill, IReadOnlyList<SpoolCompleteness> spools)
    {
        var behind = spools.Where(spool => !spool.IsCompleteUntil(bill.PeriodEnd)).ToList();
        var vanished = behind.Count(spool => spool.State == SpoolStates.Vanished);
        var signed = spools.Count(spool => spool.SignedOffBy is not null);
        return Gate(
            "completeness",
            behind.Count == 0,
            spools.Count == 0
                ? "No edge has numbered any usage."
                : $"{behind.Sum(spool => spool.MissingEvents)} events of {spools.Count} spools are missing; "
                + $"{behind.Count} spools have not passed the month's end, {vanished} of them vanished; "
                + $"{signed} are signed for.");
    }

    private static BillGate ChangeOf(Bill bill, Bill? before, BillOptions options)
    {
        if (before is null)
        {
            return Gate("change", true, "No bill was issued before.");
        }

        var change = Math.Abs(bill.TotalUsd - before.TotalUsd);
        return Gate(
            "change",
            change <= options.ChangeFloorUsd || change <= before.TotalUsd * options.MaxChange,
            FormattableString.Invariant(
                $"{bill.TotalUsd:0.00} USD after {before.TotalUsd:0.00} in {before.Period}; ")
            + FormattableString.Invariant($"changes of up to {options.MaxChange:P0} pass."));
    }

    private static BillGate Gate(string name, bool passed, string detail) =>
        new() { Name = name, Passed = passed, Detail = detail };
}
