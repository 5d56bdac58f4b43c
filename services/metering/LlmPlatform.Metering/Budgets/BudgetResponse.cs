namespace LlmPlatform.Metering.Budgets;

/// <summary>A budget as the admin API shows it: what it says, and how one period of it stands.</summary>
internal sealed record BudgetResponse
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Scope { get; init; }

    /// <summary>
    /// What holds now, increases included, or held at the end of the period. In a budget of money, as the three after
    /// it.
    /// </summary>
    public required decimal? LimitUsd { get; init; }

    public required decimal? SpentUsd { get; init; }

    /// <summary>Held by requests that are under way.</summary>
    public required decimal? HeldUsd { get; init; }

    /// <summary>What can still be spent; negative where more than the limit is spent or held.</summary>
    public required decimal? LeftUsd { get; init; }

    /// <summary>In a budget of tokens, as the three after it; otherwise they are left out.</summary>
    public required long? LimitTokens { get; init; }

    public required long? SpentTokens { get; init; }

    public required long? HeldTokens { get; init; }

    public required long? LeftTokens { get; init; }

    /// <summary>What makes up what is spent; null while Redis is away.</summary>
    public required SpentByKind? SpentByKind { get; init; }

    /// <summary>Where the period ends if it goes on so; null before that can be said, and after its end.</summary>
    public required SpendingForecast? Forecast { get; init; }

    /// <summary>When spent and held were read.</summary>
    public required DateTimeOffset? AsOf { get; init; }

    /// <summary>False when Redis is away and the amounts are those that were written down last.</summary>
    public required bool Live { get; init; }

    /// <summary>As the file writes it: <c>monthly</c>, <c>15m</c>.</summary>
    public required string Period { get; init; }

    public required string PeriodId { get; init; }

    public required DateTimeOffset PeriodStart { get; init; }

    /// <summary>The first instant after the period.</summary>
    public required DateTimeOffset PeriodEnd { get; init; }

    public required string TimeZone { get; init; }

    /// <summary><c>open</c>, <c>warned</c>, <c>exhausted</c> or <c>closed</c>.</summary>
    public required string State { get; init; }

    /// <summary>The shares of the limit announced in this period.</summary>
    public required IReadOnlyList<decimal> ThresholdsCrossed { get; init; }

    /// <summary><c>enforce</c> or <c>track</c>.</summary>
    public required string Mode { get; init; }

    /// <summary><c>strict</c> or <c>soft</c>; left out where it only counts.</summary>
    public required string? Enforcement { get; init; }

    public required IReadOnlyList<decimal> Alerts { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public required IReadOnlyList<string> SharedUsers { get; init; }

    /// <summary>What was added to the limit in the period, or is asked for.</summary>
    public required IReadOnlyList<BudgetIncreaseResponse> Increases { get; init; }

    public required long Revision { get; init; }

    /// <summary><c>file</c> or <c>api</c>.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }
}
