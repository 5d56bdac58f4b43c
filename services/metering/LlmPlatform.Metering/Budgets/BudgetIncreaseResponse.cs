using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;

namespace LlmPlatform.Metering.Budgets;

/// <summary>A temporary increase as the admin API shows it.</summary>
internal sealed record BudgetIncreaseResponse
{
    public required Guid Id { get; init; }

    /// <summary>In a budget of money.</summary>
    public required decimal? AmountUsd { get; init; }

    /// <summary>In a budget of tokens.</summary>
    public required long? AmountTokens { get; init; }

    /// <summary><c>asked</c>, <c>in_force</c>, <c>over</c>, <c>withdrawn</c> or <c>lapsed</c>.</summary>
    public required string State { get; init; }

    /// <summary>The first instant of it; left out where it was not approved.</summary>
    public required DateTimeOffset? From { get; init; }

    /// <summary>The first instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    public required string Reason { get; init; }

    public required string AskedBy { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required string? ApprovedBy { get; init; }

    public static BudgetIncreaseResponse Of(Budget budget, BudgetIncrease increase, DateTimeOffset now) => new()
    {
        Id = increase.Id,
        AmountUsd = budget.UsdOf(increase.Amount),
        AmountTokens = budget.TokensOf(increase.Amount),
        State = EnumText.Of(increase.StateAt(now)),
        From = increase.ApprovedAt,
        Until = increase.EndsAt,
        Reason = increase.Reason,
        AskedBy = increase.AskedBy,
        AskedAt = increase.AskedAt,
        ApprovedBy = increase.ApprovedBy,
    };
}
