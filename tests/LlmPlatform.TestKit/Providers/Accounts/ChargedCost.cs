namespace LlmPlatform.TestKit.Providers.Accounts;

/// <summary>What a provider charges on one day.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="Model">For tokens of; null: for something else.</param>
/// <param name="Item">What of it: <c>input</c>, <c>output</c>, or what else is charged.</param>
/// <param name="AmountUsd">How much.</param>
public sealed record ChargedCost(DateOnly Day, string? Model, string Item, decimal AmountUsd);
