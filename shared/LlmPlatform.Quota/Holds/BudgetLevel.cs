namespace LlmPlatform.Quota;

/// <summary>Where a budget period stands.</summary>
public sealed record BudgetLevel
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>Spent, nano-USD; 0 when there is no counter.</summary>
    public required long SpentNanoUsd { get; init; }

    /// <summary>Of what is spent, what estimates of calls whose edge died are; 0 where it was not asked for.</summary>
    public long EstimatedNanoUsd { get; init; }

    /// <summary>Of what is spent, what corrections of earlier figures changed; 0 where it was not asked for.</summary>
    public long CorrectedNanoUsd { get; init; }

    /// <summary>Held by open requests, nano-USD.</summary>
    public required long HeldNanoUsd { get; init; }

    /// <summary>The limit of the highest revision any edge has admitted with; null when none has yet.</summary>
    public long? LimitNanoUsd { get; init; }

    /// <summary>The revision the limit is of.</summary>
    public long? Revision { get; init; }
}
