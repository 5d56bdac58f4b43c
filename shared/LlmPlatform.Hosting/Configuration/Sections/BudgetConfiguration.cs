namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>budgets</c>.</summary>
public sealed record BudgetConfiguration
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Whose spending it counts.</summary>
    public required ScopeReference Scope { get; init; }

    /// <summary>The most that <see cref="LimitTokens"/> may be: what scripts compare exactly is far above.</summary>
    public const long LimitTokensMax = 1_000_000_000_000_000;

    /// <summary>
    /// USD a period, above 0, at most 1,000,000,000, with at most nine decimals; 0 in a budget of tokens.
    /// </summary>
    public required decimal LimitUsd { get; init; }

    /// <summary>
    /// Tokens a period, input and output alike, from 1 to <see cref="LimitTokensMax"/>; null: it is a budget of money.
    /// </summary>
    public long? LimitTokens { get; init; }

    /// <summary>How its periods follow each other. Default monthly.</summary>
    public BudgetPeriodText Period { get; init; } = BudgetPeriodText.Monthly;

    /// <summary>IANA name of the zone its periods are cut in. Default that of the server.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Whether it refuses or only counts. Default enforce.</summary>
    public BudgetMode Mode { get; init; } = BudgetMode.Enforce;

    /// <summary>How it refuses, where it does. Default strict.</summary>
    public BudgetEnforcement Enforcement { get; init; }

    /// <summary>
    /// Shares of the limit that are announced when spending reaches them, ascending, above 0 and at most 10, with at
    /// most
    /// four decimals. Default 0.8, 0.9, 1.0.
    /// </summary>
    public IReadOnlyList<decimal> Alerts { get; init; } = [0.8m, 0.9m, 1.0m];

    /// <summary>The declared channels that hear of it. Default none.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>The users who share it; empty: everyone within the scope.</summary>
    public IReadOnlyList<string> SharedUsers { get; init; } = [];

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
