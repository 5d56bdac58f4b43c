using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Money;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Puts an alert into words: which budget, how far, who is concerned, whether calls are refused now, when it opens
/// again, and what can be done.
/// </summary>
internal static class AlertWording
{
    private const decimal BasisPointsPerPercent = 100m;

    public static AlertNotice Of(Alert alert, Guid deliveryId)
    {
        var threshold = Threshold(alert);
        var spending = alert.LimitTokens is { } tokens
            ? NoticeWords.TokensOf(alert.SpentTokens ?? 0, tokens)
            : $"{NoticeWords.Usd(alert.SpentNanoUsd)} of {NoticeWords.Usd(alert.LimitNanoUsd)}";
        var budget = Line(alert.BudgetName);
        var scope = Line(alert.Scope);
        return new AlertNotice
        {
            DeliveryId = deliveryId,
            Kind = Alert.Kind,
            Severity = alert.Severity,
            Scope = alert.Scope,
            TroubleKey = alert.TroubleKey,
            Page = NoticeWords.BudgetPage(alert.BudgetName),
            OccurredAt = alert.CrossedAt,
            Title = alert.RefusesCalls
                ? $"Budget {budget} is exhausted: calls are refused"
                : $"Budget {budget} has reached {threshold}",
            Text = $"Budget {budget} ({scope}) has spent {spending} ({SpentPercent(alert)}) and reached its "
                + $"{threshold} threshold{Again(alert)}. {Consequence(alert)}",
            Facts =
            [
                new NoticeFact("Budget", budget),
                new NoticeFact("Scope", scope),
                new NoticeFact("Who", NoticeWords.Who(alert.Scope, alert.SharedUsers)),
                new NoticeFact("Threshold", threshold),
                new NoticeFact("Spent", $"{spending} ({SpentPercent(alert)})"),
                new NoticeFact(
                    "Period", NoticeWords.Period(alert.PeriodStartsAt, alert.PeriodEndsAt, alert.TimeZone)),
                new NoticeFact("Calls", alert.RefusesCalls ? "refused" : "admitted"),
            ],
            Data = new
            {
                AlertId = alert.Id,
                Budget = alert.BudgetName,
                alert.Scope,
                alert.ThresholdBasisPoints,
                alert.Episode,
                SpentUsd = alert.LimitTokens is null ? NanoUsd.ToUsd(alert.SpentNanoUsd) : (decimal?)null,
                LimitUsd = alert.LimitTokens is null ? NanoUsd.ToUsd(alert.LimitNanoUsd) : (decimal?)null,
                alert.SpentTokens,
                alert.LimitTokens,
                alert.PeriodStartsAt,
                alert.PeriodEndsAt,
                alert.TimeZone,
                alert.SharedUsers,
                CallsRefused = alert.RefusesCalls,
            },
        };
    }

    /// <summary>That calls are no longer refused.</summary>
    public static AlertNotice EndOf(Alert alert, string because, DateTimeOffset now)
    {
        var opened = Of(alert, Guid.Empty);
        return opened with
        {
            IsOver = true,
            OccurredAt = now,
            Title = $"Budget {Line(alert.BudgetName)} admits calls again",
            Text = because,
        };
    }

    private static string Consequence(Alert alert) => alert switch
    {
        { RefusesCalls: true } => $"Calls are refused until {Time(alert, alert.PeriodEndsAt)}, or until somebody "
            + "raises the limit.",
        { Enforced: true } => "Calls are still admitted; they are refused once the limit is reached.",
        _ => $"Calls go on: this budget only counts. It starts anew at {Time(alert, alert.PeriodEndsAt)}.",
    };

    private static string Again(Alert alert) => alert.Episode == 0 ? "" : " again";

    private static string Threshold(Alert alert) =>
        NoticeWords.Percent(alert.ThresholdBasisPoints / BasisPointsPerPercent);

    private static string SpentPercent(Alert alert)
    {
        var (spent, limit) = (alert.SpentTokens ?? alert.SpentNanoUsd, alert.LimitTokens ?? alert.LimitNanoUsd);
        return limit > 0
            ? NoticeWords.Percent(decimal.Floor((decimal)spent * 10_000 / limit) / BasisPointsPerPercent)
            : "no limit left";
    }

    private static string Time(Alert alert, DateTimeOffset time) => NoticeWords.Time(time, alert.TimeZone);

    private static string Line(string text) => AlertNotice.OneLine(text);
}
