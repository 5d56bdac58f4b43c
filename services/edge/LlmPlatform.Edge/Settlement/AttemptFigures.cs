using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// What of a usage record differs between the intent of an attempt and its end; the members are those of
/// <see cref="UsageRecorded"/>.
/// </summary>
internal readonly record struct AttemptFigures
{
    public required int EventVersion { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required string Outcome { get; init; }

    public required string UsageSource { get; init; }

    /// <summary>Null of an intent: its <see cref="InputEstimate"/> is all there is.</summary>
    public TokenUsage? Tokens { get; init; }

    public long InputEstimate { get; init; }

    /// <summary>Of an intent 0: who recovers it prices it, by the price that is pinned beside it.</summary>
    public long CostNanoUsd { get; init; }

    public string? ProviderRequestId { get; init; }

    public string? RawUsage { get; init; }

    public string? ServiceTier { get; init; }

    public string? Region { get; init; }

    public bool EndsRequest { get; init; }

    public static AttemptFigures Of(UsageRecorded usage) => new()
    {
        EventVersion = usage.EventVersion,
        RecordedAt = usage.RecordedAt,
        Outcome = usage.Outcome,
        UsageSource = usage.UsageSource,
        Tokens = usage.Tokens,
        CostNanoUsd = usage.CostNanoUsd,
        ProviderRequestId = usage.ProviderRequestId,
        RawUsage = usage.RawUsage,
        ServiceTier = usage.ServiceTier,
        Region = usage.Region,
        EndsRequest = usage.EndsRequest,
    };
}
