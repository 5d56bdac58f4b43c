namespace LlmPlatform.Billing.Rerating;

/// <summary>What a tenant's month cost, and what it would have.</summary>
internal sealed record WhatIfResponse
{
    public required string Tenant { get; init; }

    public required string Period { get; init; }

    /// <summary>What was asked: <c>prices</c>, <c>without_cache</c>, or the deployment.</summary>
    public required string Case { get; init; }

    /// <summary>At list prices, as it was, of what can be compared.</summary>
    public required decimal ActualUsd { get; init; }

    public required decimal WhatIfUsd { get; init; }

    public required decimal ChangeUsd { get; init; }

    /// <summary>Events that cannot be compared, for they had no price.</summary>
    public required long EventsLeftOut { get; init; }
}
