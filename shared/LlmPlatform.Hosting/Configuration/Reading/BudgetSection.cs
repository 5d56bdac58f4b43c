namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class BudgetSection
{
    /// <summary>Counters are nano-USD in 64 bits, which end at 9.2 billion USD.</summary>
    private const decimal MaxLimitUsd = 1_000_000_000;

    private const decimal OneNanoUsd = 0.000_000_001m;

    public static BudgetConfiguration Read(SectionReader budget, string serverTimeZone)
    {
        var unit = UnitOf(budget);
        return new BudgetConfiguration
        {
            Name = budget.Name("name"),
            Scope = ScopeSection.Read(budget),
            LimitUsd = budget.OptionalDecimal("limit_usd", OneNanoUsd, MaxLimitUsd, decimals: 9) ?? 0,
            LimitTokens = budget.OptionalLong("limit_tokens", 1, BudgetConfiguration.LimitTokensMax)
                ?? (unit == "limit_tokens" ? 1 : null),
            Period = ReadPeriod(budget),
            TimeZone = budget.OptionalText("time_zone") ?? serverTimeZone,
            Mode = budget.Choice("mode", BudgetMode.Enforce),
            Enforcement = budget.Choice("enforcement", BudgetEnforcement.Strict),
            Alerts = ReadAlerts(budget),
            Channels = budget.TextList("channels"),
            SharedUsers = budget.TextList("shared_users"),
            Line = budget.Line,
        };
    }

    /// <summary>Which of both limits it has; a budget counts one thing.</summary>
    private static string UnitOf(SectionReader budget)
    {
        var (hasUsd, hasTokens) = (budget.Has("limit_usd"), budget.Has("limit_tokens"));
        if (hasUsd && hasTokens)
            budget.Fault("limit_tokens", "stands beside limit_usd; a budget has one of both: make two budgets of it.");
        if (!hasUsd && !hasTokens)
            budget.Fault("limit_usd", "is missing; write it, or limit_tokens for a budget of tokens.");
        return hasTokens ? "limit_tokens" : "limit_usd";
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
