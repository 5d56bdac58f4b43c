using System.Text.Json;
using LlmPlatform.Audit.Trail;

namespace LlmPlatform.Audit.Retention;

/// <summary>What the chain itself says of records that were dropped from its beginning.</summary>
/// <param name="From">The place of the first of them.</param>
/// <param name="Through">The place of the last of them.</param>
/// <param name="Hash">The hash of the last of them, hexadecimal.</param>
/// <param name="OlderThan">They were recorded before.</param>
internal sealed record DroppedRecords(long From, long Through, string Hash, DateTimeOffset OlderThan)
{
    private const string Action = "audit.records_dropped";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>As a record of the chain.</summary>
    public TrailContent ToContent(DateTimeOffset now) => TrailContent.Of(new Contracts.Auditing.AdminChangeRecorded
    {
        ChangeId = Guid.CreateVersion7(now),
        ChangedAt = now,
        Actor = "audit",
        Action = Action,
        Resource = FormattableString.Invariant($"audit:{From}-{Through}"),
        Summary = JsonSerializer.Serialize(this, Json),
    });

    /// <summary>What a record says of it; null: it tells of something else.</summary>
    /// <exception cref="JsonException">It is none that was written here.</exception>
    public static DroppedRecords? Read(AuditRecord record) =>
        record.Action == Action && TrailContent.Read(record.Content).Detail is JsonElement detail
            ? JsonSerializer.Deserialize<DroppedRecords>(detail.GetProperty("summary").GetString()!, Json)
            : null;
}
