namespace LlmPlatform.Quota;

/// <summary>
/// The budget that refused a request, as Redis saw it; amounts are nano-USD, or tokens in a budget of those.
/// </summary>
public sealed record BudgetRefusal
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The budget's name, for people.</summary>
    public required string BudgetName { get; init; }

    /// <summary>The budget's scope, such as <c>tenant:acme</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>The period that refused.</summary>
    public required string PeriodId { get; init; }

    /// <summary>Whether it counts tokens instead of money.</summary>
    public bool CountsTokens { get; init; }

    /// <summary>The limit in force.</summary>
    public required long Limit { get; init; }

    /// <summary>Spent so far.</summary>
    public required long Spent { get; init; }

    /// <summary>Held by open requests.</summary>
    public required long Held { get; init; }

    /// <summary>When the next period begins.</summary>
    public required DateTimeOffset ResetsAt { get; init; }

    /// <summary>
    /// True when what is spent leaves room and only open holds stand in the way: worth a retry in a second.
    /// </summary>
    public required bool HeldOnly { get; init; }
}
