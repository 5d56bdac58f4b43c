namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class BudgetSection
{
    /// <summary>Counters are nano-USD in 64 bits, which end at 9.2 billion USD.</summary>
    private const decimal MaxLimitUsd = 1_000_000_000;

    private const decimal OneNanoUsd = 0.000_000_001m;

    public static BudgetConfiguration Read(SectionReader budget, string serverTimeZone)
    {
        budget.Require("limit_usd");
        return new BudgetConfiguration
        {
            Name = budget.Name("name"),
            Scope = ScopeSection.Read(budget),
            LimitUsd = budget.OptionalDecimal("limit_usd", OneNanoUsd, MaxLimitUsd, decimals: 9) ?? 0,
            Period = ReadPeriod(budget),
            TimeZone = budget.OptionalText("time_zone") ?? serverTimeZone,
            Mode = budget.Choice("mode", BudgetMode.Enforce),
            Alerts = ReadAlerts(budget),
            Channels = budget.TextList("channels"),
            SharedUsers = budget.TextList("shared_users"),
            Line = budget.Line,
        };
    }

    private static BudgetPeriodText ReadPeriod(SectionReader budget)
    {
        if (budget.Value("period") is not { } text)
            return BudgetPeriodText.Monthly;
        if (!BudgetPeriodText.TryParse(text.Value, out var period))
            budget.Fault("period", $"{text.Shown} is no period; write {BudgetPeriodText.Forms}.");
        return period;
    }

    private static IReadOnlyList<decimal> ReadAlerts(SectionReader budget) => budget.Has("alerts")
        ? [.. budget.Decimals("alerts", 0.0001m, 10, decimals: 4).Order()]
        : [0.8m, 0.9m, 1.0m];
}
