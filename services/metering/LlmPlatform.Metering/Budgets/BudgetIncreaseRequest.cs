using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Money;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Metering.Budgets;

/// <summary>The body of <c>POST /admin/v1/budgets/{name}/increases</c>.</summary>
internal sealed record BudgetIncreaseRequest
{
    private const decimal MaxUsd = 1_000_000_000;
    private const int UsdDecimals = 9;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(366);

    public decimal? AmountUsd { get; init; }

    public long? AmountTokens { get; init; }

    public DateTimeOffset? Until { get; init; }

    public string? Reason { get; init; }

    /// <summary>How much, in the budget's unit, for a request without fault.</summary>
    public long Amount => AmountTokens ?? NanoUsd.FromUsd(AmountUsd!.Value);

    /// <summary>What is wrong with it; null when it can be asked for.</summary>
    public ProblemHttpResult? Fault(Budget budget, DateTimeOffset now)
    {
        var (member, other) = budget.CountsTokens ? ("amount_tokens", "amount_usd") : ("amount_usd", "amount_tokens");
        if ((budget.CountsTokens ? AmountUsd is not null : AmountTokens is not null))
            return AdminProblem.Invalid(
                $"invalid_{other}", $"The budget '{budget.Name}' counts otherwise: give '{member}'.");
        if (budget.CountsTokens && AmountTokens is not (>= 1 and <= BudgetConfiguration.LimitTokensMax))
            return AdminProblem.Invalid(
                "invalid_amount_tokens", $"'amount_tokens' is from 1 to {BudgetConfiguration.LimitTokensMax}.");
        if (!budget.CountsTokens
            && (AmountUsd is not (> 0 and <= MaxUsd) || AmountUsd.Value.Scale > UsdDecimals))
            return AdminProblem.Invalid(
                "invalid_amount_usd",
                $"'amount_usd' is above 0, at most {MaxUsd}, with up to {UsdDecimals} decimals.");
        if (Until is not { } until || until <= now || until > now + _longest)
            return AdminProblem.Invalid(
                "invalid_until", "'until' is when it ends: a time to come, at most 366 days from now.");
        return Reason is { Length: > 0 and <= BudgetIncrease.ReasonLength } && !Reason.Any(char.IsControl)
            ? null
            : AdminProblem.Invalid(
                "invalid_reason", $"'reason' says in up to {BudgetIncrease.ReasonLength} characters what it is for.");
    }
}
