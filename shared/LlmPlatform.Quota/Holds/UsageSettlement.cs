using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Quota;

/// <summary>What settling needs to know of a usage event.</summary>
/// <param name="RequestId">Whose hold it is taken off.</param>
/// <param name="EventId">What is settled once for each version.</param>
/// <param name="EventVersion">The highest one settled stands.</param>
/// <param name="CostNanoUsd">What is charged, nano-USD.</param>
/// <param name="OccurredAt">When the request was admitted.</param>
/// <param name="EndsRequest">True when the rest of the hold is freed with it.</param>
/// <param name="Budgets">The budget periods that are charged.</param>
public readonly record struct UsageSettlement(
    Guid RequestId,
    Guid EventId,
    int EventVersion,
    long CostNanoUsd,
    DateTimeOffset OccurredAt,
    bool EndsRequest,
    IReadOnlyList<HeldBudget> Budgets)
{
    /// <summary>All tokens it consumed, which take the place of what token limits counted at admission.</summary>
    public long Tokens { get; init; }

    /// <summary>
    /// Where its edge numbered it; without it a counter that was made anew from the ledger may count it twice.
    /// </summary>
    public UsageOrigin? Origin { get; init; }

    /// <summary>What settling needs to know of it.</summary>
    public static UsageSettlement Of(UsageRecorded usage) => new(
        usage.RequestId,
        usage.EventId,
        usage.EventVersion,
        usage.CostNanoUsd,
        usage.OccurredAt,
        usage.EndsRequest,
        usage.Budgets)
    {
        Tokens = usage.Tokens.TotalInput + usage.Tokens.TotalOutput,
    };
}
