using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota;

/// <summary>The answer to an <see cref="AdmissionRequest"/>.</summary>
public sealed record AdmissionDecision
{
    /// <summary>What was decided.</summary>
    public required AdmissionOutcome Outcome { get; init; }

    /// <summary>
    /// When, by Redis' clock, in whole milliseconds; of a replay, when it was admitted first. It is the
    /// <c>OccurredAt</c> of all usage of the request.
    /// </summary>
    public required DateTimeOffset AdmittedAt { get; init; }

    /// <summary>True when the request had been admitted before; then the allowances are null.</summary>
    public bool IsReplay { get; init; }

    /// <summary>
    /// What is held, nano-USD: the estimate, or less where <see cref="AdmissionRequest.LeastNanoUsd"/> allows it. Of a
    /// replay, what still is.
    /// </summary>
    public long HeldNanoUsd { get; init; }

    /// <summary>The same of tokens, in budgets of tokens.</summary>
    public long HeldTokens { get; init; }

    /// <summary>The budget periods that hold the estimate; to be named by all usage of the request.</summary>
    public IReadOnlyList<HeldBudget> HeldBudgets { get; init; } = [];

    /// <summary>Which limit refused; of several, the one to wait for longest.</summary>
    public RateLimitRefusal? RateLimit { get; init; }

    /// <summary>
    /// Which budget refused; of several, an exhausted one before one that is only held, then the last to reset.
    /// </summary>
    public BudgetRefusal? Budget { get; init; }

    /// <summary>The limit on calls with the least left, this call counted; null without one.</summary>
    public RateAllowance? Requests { get; init; }

    /// <summary>The limit on tokens with the least left, this call counted; null without one.</summary>
    public RateAllowance? Tokens { get; init; }
}
