using System.Text.Json;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>An event that could not be stored, as it came.</summary>
internal sealed record QuarantineResponse
{
    public required Guid EdgeId { get; init; }

    public required long Epoch { get; init; }

    public required long Sequence { get; init; }

    public required Guid EventId { get; init; }

    public required int EventVersion { get; init; }

    public required string Tenant { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required DateTimeOffset QuarantinedAt { get; init; }

    public required string Reason { get; init; }

    /// <summary>The whole event.</summary>
    public required JsonElement Event { get; init; }

    public static QuarantineResponse From(QuarantinedUsage kept) => new()
    {
        EdgeId = kept.EdgeId,
        Epoch = kept.Epoch,
        Sequence = kept.Sequence,
        EventId = kept.EventId,
        EventVersion = kept.EventVersion,
        Tenant = kept.Tenant,
        OccurredAt = kept.OccurredAt,
        QuarantinedAt = kept.QuarantinedAt,
        Reason = kept.Reason,
        Event = JsonSerializer.Deserialize<JsonElement>(kept.Payload),
    };
}
