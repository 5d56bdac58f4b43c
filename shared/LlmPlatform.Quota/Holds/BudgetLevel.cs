namespace LlmPlatform.Quota;

/// <summary>Where a budget period stands; amounts are nano-USD, or tokens in a budget of those.</summary>
public sealed record BudgetLevel
{
    /// <summary>The budget's id.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The period's id.</summary>
    public required string PeriodId { get; init; }

    /// <summary>Spent; 0 when there is no counter.</summary>
    public required long Spent { get; init; }

    /// <summary>Of what is spent, what estimates of calls whose edge died are; 0 where it was not asked for.</summary>
    public long Estimated { get; init; }

    /// <summary>Of what is spent, what corrections of earlier figures changed; 0 where it was not asked for.</summary>
    public long Corrected { get; init; }

    /// <summary>Held by open requests.</summary>
    public required long Held { get; init; }

    /// <summary>The limit of the highest revision any edge has admitted with; null when none has yet.</summary>
    public long? Limit { get; init; }

    /// <summary>The revision the limit is of.</summary>
    public long? Revision { get; init; }
}
