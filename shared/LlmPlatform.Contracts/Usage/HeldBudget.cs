using System.Text.Json.Serialization;

namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// One budget period that an admitted request holds money in, and whose counter its usage is charged to.
/// </summary>
public sealed record HeldBudget
{
    /// <summary>The budget's id, stable over all its revisions.</summary>
    public required string BudgetId { get; init; }

    /// <summary>The revision of the budget that admitted the request.</summary>
    public required long Revision { get; init; }

    /// <summary>
    /// The period the request was admitted in, for example <c>m:2026-11</c>; it never changes afterwards.
    /// </summary>
    public required string PeriodId { get; init; }

    /// <summary>True for a budget of tokens: it is charged with all tokens of the usage instead of its cost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CountsTokens { get; init; }
}
