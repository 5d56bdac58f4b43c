using System.Globalization;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Money;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Puts an alert into words: which budget, how far, whether calls are refused now, and when it opens again.
/// </summary>
internal static class AlertWording
{
    private const decimal BasisPointsPerPercent = 100m;

    public static AlertNotice Of(Alert alert, Guid deliveryId)
    {
        var threshold = Percent(alert.ThresholdBasisPoints / BasisPointsPerPercent);
        var spending = $"{Usd(alert.SpentNanoUsd)} of {Usd(alert.LimitNanoUsd)}";
        var budget = Line(alert.BudgetName);
        var scope = Line(alert.Scope);
        return new AlertNotice
        {
            DeliveryId = deliveryId,
            Kind = "budget.threshold_crossed",
            OccurredAt = alert.CrossedAt,
            Title = Title(alert, budget, threshold),
            Text = $"Budget {budget} ({scope}) has spent {spending} ({SpentPercent(alert)}) and reached its "
                + $"{threshold} threshold. {Consequence(alert)}",
            Facts =
            [
                new NoticeFact("Budget", budget),
                new NoticeFact("Scope", scope),
                new NoticeFact("Threshold", threshold),
                new NoticeFact("Spent", $"{spending} ({SpentPercent(alert)})"),
                new NoticeFact("Period", $"{Time(alert.PeriodStartsAt)} to {Time(alert.PeriodEndsAt)}"),
                new NoticeFact("Calls", alert.RefusesCalls ? "refused" : "admitted"),
            ],
            Data = new
            {
                AlertId = alert.Id,
                Budget = alert.BudgetName,
                alert.Scope,
                alert.ThresholdBasisPoints,
                SpentUsd = NanoUsd.ToUsd(alert.SpentNanoUsd),
                LimitUsd = NanoUsd.ToUsd(alert.LimitNanoUsd),
                alert.PeriodStartsAt,
                alert.PeriodEndsAt,
                CallsRefused = alert.RefusesCalls,
            },
        };
    }

    private static string Title(Alert alert, string budget, string threshold) => alert.RefusesCalls
        ? $"Budget {budget} is exhausted: calls are refused"
        : $"Budget {budget} has reached {threshold}";

    private static string Consequence(Alert alert) => alert switch
    {
        { RefusesCalls: true } => $"Calls are refused until {Time(alert.PeriodEndsAt)}.",
        { Enforced: true } => "Calls are still admitted; they are refused once the limit is reached.",
        _ => $"Calls go on: this budget only counts. It starts anew at {Time(alert.PeriodEndsAt)}.",
    };

    private static string SpentPercent(Alert alert) => alert.LimitNanoUsd > 0
        ? Percent(decimal.Floor((decimal)alert.SpentNanoUsd * 10_000 / alert.LimitNanoUsd) / BasisPointsPerPercent)
        : "no limit left";

    private static string Percent(decimal percent) => percent.ToString("0.## '%'", CultureInfo.InvariantCulture);

    private static string Usd(long nanoUsd) =>
        NanoUsd.ToUsd(nanoUsd).ToString("$#,##0.00#######", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Line(string text) => AlertNotice.OneLine(text);
}
