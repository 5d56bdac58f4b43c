namespace LlmPlatform.Contracts.Usage;

/// <summary>
/// Money: one provider attempt that could be billed. The id is derived from request, attempt and part, so the path
/// through a crash and the normal path name the same fact; of two versions of one id the higher replaces the lower.
/// Never sampled, and never holds a prompt or a completion.
/// </summary>
public sealed record UsageRecorded
{
    /// <summary>UUIDv5 of request, attempt and part.</summary>
    public required Guid EventId { get; init; }

    /// <summary>1: estimate recovered after a crash. 2: actual. 3 and above: corrected quantities.</summary>
    public required int EventVersion { get; init; }

    /// <summary>The gateway's request id (UUIDv7).</summary>
    public required Guid RequestId { get; init; }

    /// <summary>Which attempt of the request this is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>0, or the ordinal of a separately billed part.</summary>
    public required int Part { get; init; }

    /// <summary>When the request was admitted; the same for all its attempts and all versions of them.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When this version was written to the edge's spool.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The tenant that pays.</summary>
    public required string Tenant { get; init; }

    /// <summary>The team within the tenant, when the key has one.</summary>
    public string? Team { get; init; }

    /// <summary>The cost centre of the team, when it has one.</summary>
    public string? CostCenter { get; init; }

    /// <summary>The project from the key's metadata, when it has one.</summary>
    public string? Project { get; init; }

    /// <summary>The user the key belongs to, when it has one.</summary>
    public string? User { get; init; }

    /// <summary>The virtual key's id; never the key.</summary>
    public required string KeyId { get; init; }

    /// <summary>The virtual key's name.</summary>
    public required string KeyName { get; init; }

    /// <summary>What the caller asked for, for example <c>chat.completions</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The model name the caller sent.</summary>
    public required string ModelRequested { get; init; }

    /// <summary>The published model that served.</summary>
    public required string Model { get; init; }

    /// <summary>The provider of the deployment that served, by its configured name.</summary>
    public required string Provider { get; init; }

    /// <summary>The model name the provider bills.</summary>
    public required string ProviderModel { get; init; }

    /// <summary>The provider's own id of the exchange, for reconciliation, when it sent one.</summary>
    public string? ProviderRequestId { get; init; }

    /// <summary>True when the caller asked for a stream.</summary>
    public bool IsStream { get; init; }

    /// <summary>How the attempt ended: see <see cref="UsageOutcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Where the quantities come from: see <see cref="UsageSources"/>.</summary>
    public required string UsageSource { get; init; }

    /// <summary>
    /// The provider's own usage object, JSON, for reconciliation; null when it sent none or a very long one.
    /// </summary>
    public string? RawUsage { get; init; }

    /// <summary>What the provider says it served the call as, such as <c>batch</c>; null: standard.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Where it was served, when the provider or the deployment says so.</summary>
    public string? Region { get; init; }

    /// <summary>What the key or the caller labels the call with, such as <c>env</c>; null: nothing.</summary>
    public IReadOnlyList<UsageTag>? Tags { get; init; }

    /// <summary>What was consumed.</summary>
    public required TokenUsage Tokens { get; init; }

    /// <summary>The price book's key for this deployment: see <c>PriceSku</c>.</summary>
    public required string Sku { get; init; }

    /// <summary>The price version pinned at admission; null when the edge knew no price.</summary>
    public string? PriceVersion { get; init; }

    /// <summary>
    /// The edge's cost in nano-USD, charged to the budgets; 0 when unpriced, but as in the standard tier where only the
    /// tier is. Billing rates again from its own catalogue, and its figure is the one on the bill.
    /// </summary>
    public required long CostNanoUsd { get; init; }

    /// <summary>Every budget period the request holds money in.</summary>
    public required IReadOnlyList<HeldBudget> Budgets { get; init; }

    /// <summary>True on the last attempt of a request: what is left of its hold may be released.</summary>
    public bool EndsRequest { get; init; }
}
