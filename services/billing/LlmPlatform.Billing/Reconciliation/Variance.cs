namespace LlmPlatform.Billing.Reconciliation;

/// <summary>One reason why a provider's charge differs from what we counted.</summary>
/// <param name="Kind">See <see cref="VarianceKinds"/>.</param>
/// <param name="Day">In UTC.</param>
/// <param name="Model">As the provider names it; null: no model.</param>
/// <param name="Tokens">More than we counted; negative: fewer.</param>
/// <param name="AmountUsd">More than we counted; negative: less.</param>
/// <param name="Detail">For the person who signs.</param>
internal sealed record Variance(
    string Kind, DateOnly Day, string? Model, long Tokens, decimal AmountUsd, string Detail);
