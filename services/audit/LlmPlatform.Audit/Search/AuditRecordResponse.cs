using System.Text.Json;
using LlmPlatform.Audit.Trail;

namespace LlmPlatform.Audit.Search;

/// <summary>A record as operators see it.</summary>
internal sealed record AuditRecordResponse
{
    public required long Sequence { get; init; }

    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public string? Tenant { get; init; }

    public string? Key { get; init; }

    public string? Actor { get; init; }

    public string? Action { get; init; }

    public string? Resource { get; init; }

    public int? Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? Model { get; init; }

    public string? Provider { get; init; }

    /// <summary>
    /// What only this kind of record has; null when the content was damaged, which verification tells.
    /// </summary>
    public JsonElement? Detail { get; init; }

    /// <summary>Hexadecimal.</summary>
    public required string Hash { get; init; }

    public static AuditRecordResponse Of(AuditRecord record) => new()
    {
        Sequence = record.Sequence,
        Id = record.RecordId,
        Kind = record.Kind,
        OccurredAt = record.OccurredAt,
        RecordedAt = record.RecordedAt,
        Tenant = record.Tenant,
        Key = record.KeyId,
        Actor = record.Actor,
        Action = record.Action,
        Resource = record.Resource,
        Status = record.Status,
        ErrorCode = record.ErrorCode,
        Model = record.Model,
        Provider = record.Provider,
        Detail = DetailOf(record),
        Hash = Convert.ToHexStringLower(record.Hash),
    };

    private static JsonElement? DetailOf(AuditRecord record)
    {
        try
        {
            return TrailContent.Read(record.Content).Detail as JsonElement?;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
