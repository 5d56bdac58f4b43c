namespace LlmPlatform.Quota;

/// <summary>The answer to <see cref="HoldLedger.ExtendAsync"/>.</summary>
public sealed record HoldExtension
{
    /// <summary>What became of it.</summary>
    public required HoldExtensionOutcome Outcome { get; init; }

    /// <summary>Where it was refused: the budget's id.</summary>
    public string? BudgetId { get; init; }

    /// <summary>The period that refused.</summary>
    public string? PeriodId { get; init; }

    /// <summary>The limit in force, in the budget's unit.</summary>
    public long Limit { get; init; }

    /// <summary>Spent so far.</summary>
    public long Spent { get; init; }

    /// <summary>Held by open requests, this one included.</summary>
    public long Held { get; init; }

    /// <summary>True when what is spent leaves room and only open holds stand in the way.</summary>
    public bool HeldOnly { get; init; }
}
