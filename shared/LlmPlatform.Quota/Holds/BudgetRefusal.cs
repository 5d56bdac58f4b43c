namespace LlmPlatform.Quota;

/// <summary>The budget that refused a request, as Redis saw it.</summary>
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

    /// <summary>The limit in force, nano-USD.</summary>
    public required long LimitNanoUsd { get; init; }

    /// <summary>Spent so far, nano-USD.</summary>
    public required long SpentNanoUsd { get; init; }

    /// <summary>Held by open requests, nano-USD.</summary>
    public required long HeldNanoUsd { get; init; }

    /// <summary>When the next period begins.</summary>
    public required DateTimeOffset ResetsAt { get; init; }

    /// <summary>
    /// True when what is spent leaves room and only open holds stand in the way: worth a retry in a second.
    /// </summary>
    public required bool HeldOnly { get; init; }
}
