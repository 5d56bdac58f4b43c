using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Forecasts;

/// <summary>Puts into words what is to be expected of a budget.</summary>
internal static class ForecastWording
{
    public static AlertNotice WillBeUsedUp(BudgetSpendingObserved seen, DateTimeOffset usedUpAt)
    {
        var moment = NoticeWords.Moment(usedUpAt, seen.TimeZone);
        var then = seen.Enforced ? "Calls are refused from then on" : "Calls go on: this budget only counts";
        return Of(
            seen,
            "budget.forecast",
            $"Budget {Line(seen.BudgetName)} will be used up on {moment}",
            $"At the pace of the last while, {Line(seen.BudgetName)} ({Line(seen.Scope)}) will have spent its "
                + $"{seen.Words(seen.Limit())} on {moment}, "
                + $"{NoticeWords.Length(seen.PeriodEndsAt - usedUpAt)} before its period ends. {then}, unless less is "
                + "spent or the limit is raised.",
            [new NoticeFact("Used up", moment)],
            new { UsedUpAt = usedUpAt });
    }

    /// <param name="seen">The budget.</param>
    /// <param name="lastHour">Spent in the last hour, in the budget's unit.</param>
    /// <param name="usually">At this hour of the week.</param>
    public static AlertNotice Unusual(BudgetSpendingObserved seen, long lastHour, long usually)
    {
        var (spent, usual) = (seen.Words(lastHour), seen.Words(usually));
        return Of(
            seen,
            "budget.unusual_spending",
            $"Budget {Line(seen.BudgetName)} spends far more than usual",
            $"{spent} were spent in the last hour from {Line(seen.BudgetName)} ({Line(seen.Scope)}); at this hour of "
                + $"the week {usual} are usual. Nothing is refused for it: look at who calls what.",
            [new NoticeFact("Last hour", spent), new NoticeFact("Usual", usual)],
            new
            {
                LastHourUsd = seen.UsdOf(lastHour),
                UsualUsd = seen.UsdOf(usually),
                LastHourTokens = seen.TokensOf(lastHour),
                UsualTokens = seen.TokensOf(usually),
            });
    }

    private static AlertNotice Of(
        BudgetSpendingObserved seen,
        string kind,
        string title,
        string text,
        IReadOnlyList<NoticeFact> first,
        object expected) => new()
    {
        DeliveryId = Guid.Empty,
        Kind = kind,
        Severity = AlertSeverity.Warning,
        Scope = seen.Scope,
        Page = NoticeWords.BudgetPage(seen.BudgetName),
        OccurredAt = seen.ObservedAt,
        Title = title,
        Text = text,
        Facts =
        [
            .. first,
            new NoticeFact("Budget", Line(seen.BudgetName)),
            new NoticeFact("Who", NoticeWords.Who(seen.Scope, seen.SharedUsers)),
            new NoticeFact("Spent", $"{seen.Words(seen.Spent())} of {seen.Words(seen.Limit())}"),
            new NoticeFact("Period", NoticeWords.Period(seen.PeriodStartsAt, seen.PeriodEndsAt, seen.TimeZone)),
        ],
        Data = new
        {
            Budget = seen.BudgetName,
            seen.Scope,
            SpentUsd = seen.UsdOf(seen.Spent()),
            LimitUsd = seen.UsdOf(seen.Limit()),
            seen.SpentTokens,
            seen.LimitTokens,
            seen.PeriodStartsAt,
            seen.PeriodEndsAt,
            seen.TimeZone,
            Expected = expected,
        },
    };

    private static string Line(string text) => AlertNotice.OneLine(text);
}
