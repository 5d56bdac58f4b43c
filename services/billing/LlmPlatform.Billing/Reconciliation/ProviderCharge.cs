namespace LlmPlatform.Billing.Reconciliation;

/// <summary>One line of what a provider says: how much was used, or what it charges, or both.</summary>
internal sealed record ProviderCharge
{
    /// <summary>In UTC, as providers count.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>As the provider names it; null: a charge for something else, such as storage.</summary>
    public string? Model { get; init; }

    /// <summary>See <see cref="ChargeMeters"/>; null when the line counts no tokens.</summary>
    public string? Meter { get; init; }

    /// <summary>Tokens; null: the line only charges.</summary>
    public long? Tokens { get; init; }

    /// <summary>Charged; null: the line only counts.</summary>
    public decimal? AmountUsd { get; init; }

    /// <summary>The tier served; empty: not said.</summary>
    public string ServiceTier { get; init; } = "";

    /// <summary>Which key; null: not said.</summary>
    public string? KeyId { get; init; }

    /// <summary>In the provider's words.</summary>
    public string Description { get; init; } = "";
}
