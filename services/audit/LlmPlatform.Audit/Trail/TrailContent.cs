using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Money;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// What a record says, as it is hashed: JSON with its members in the order below, absent ones left out. Never a prompt,
/// a completion, a key or a secret; the events it is made of carry none.
/// </summary>
internal sealed record TrailContent
{
    // An index refuses a text of more than about 2,700 bytes; a character takes at most four.
    private const int MaxTextLength = 400;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Of this shape; a later one that means something else counts up.</summary>
    public int Format { get; init; } = 1;

    public required Guid RecordId { get; init; }

    public required string Kind { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public DateTimeOffset RecordedAt { get; init; }

    public string? Tenant { get; init; }

    public string? KeyId { get; init; }

    public string? Actor { get; init; }

    public string? Action { get; init; }

    public string? Resource { get; init; }

    public int? Status { get; init; }

    public string? ErrorCode { get; init; }

    public string? Model { get; init; }

    public string? Provider { get; init; }

    /// <summary>
    /// What only this kind of record has: a <see cref="RequestDetail"/>, a <see cref="ChangeDetail"/> or a
    /// <see cref="ContradictionDetail"/>.
    /// </summary>
    public object? Detail { get; init; }

    public static TrailContent Of(RequestCompleted request) => new()
    {
        RecordId = request.EventId,
        Kind = RecordKinds.Request,
        OccurredAt = Stored(request.OccurredAt),
        Tenant = Stored(request.Tenant),
        KeyId = Stored(request.KeyId),
        Actor = Stored(request.User ?? request.KeyName),
        Resource = Stored(request.Route),
        Status = request.Status,
        ErrorCode = Stored(request.ErrorCode),
        Model = Stored(request.Model ?? request.ModelRequested),
        Provider = Stored(request.Provider),
        Detail = RequestDetail.Of(request),
    };

    public static TrailContent Of(AdminChangeRecorded change) => new()
    {
        RecordId = change.ChangeId,
        Kind = RecordKinds.AdminChange,
        OccurredAt = Stored(change.ChangedAt),
        Tenant = Stored(change.Tenant),
        Actor = Stored(change.Actor),
        Action = Stored(change.Action),
        Resource = Stored(change.Resource),
        Detail = new ChangeDetail { Summary = change.Summary },
    };

    /// <summary>
    /// The record of something that came under the id of another record and says something else: the trail is its
    /// quarantine. Its id follows from what it says, so that it is recorded once, too.
    /// </summary>
    public static TrailContent OfContradiction(TrailContent came) => new()
    {
        RecordId = EventIdentity.Named($"contradiction\n{Convert.ToHexString(SHA256.HashData(came.ToBytes()))}"),
        Kind = RecordKinds.Contradiction,
        OccurredAt = came.OccurredAt,
        Tenant = came.Tenant,
        KeyId = came.KeyId,
        Actor = came.Actor,
        Action = "record.contradicted",
        Resource = $"record:{came.RecordId}",
        Detail = new ContradictionDetail
        {
            Reason = "Another event was recorded under the same id, and said something else.",
            Came = came,
        },
    };

    /// <summary>
    /// True when what was recorded under the same id says something that this does not. What only this says counts for
    /// nothing: a later version of the platform records more of the same event.
    /// </summary>
    public bool Contradicts(byte[] recorded)
    {
        using var before = JsonDocument.Parse(recorded);
        using var now = JsonDocument.Parse(ToBytes());
        return before.RootElement.EnumerateObject().Any(member =>
            !member.NameEquals("recorded_at") && !IsSaidBy(member, now.RootElement));
    }

    /// <exception cref="JsonException">The bytes are not what <see cref="ToBytes"/> gave.</exception>
    public static TrailContent Read(ReadOnlySpan<byte> content) =>
        JsonSerializer.Deserialize<TrailContent>(content, Json) ?? throw new JsonException("The content is null.");

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>The link that this becomes at its place in the chain.</summary>
    public AuditRecord ToRecord(long sequence, byte[] previousHash, DateTimeOffset recordedAt)
    {
        var sealedContent = this with { RecordedAt = Stored(recordedAt) };
        var content = sealedContent.ToBytes();
        return new AuditRecord
        {
            Sequence = sequence,
            RecordId = RecordId,
            Kind = Kind,
            OccurredAt = OccurredAt,
            RecordedAt = sealedContent.RecordedAt,
            Tenant = Tenant,
            KeyId = KeyId,
            Actor = Actor,
            Action = Action,
            Resource = Resource,
            Status = Status,
            ErrorCode = ErrorCode,
            Model = Model,
            Provider = Provider,
            Content = content,
            PreviousHash = previousHash,
            Hash = ChainHash.Of(previousHash, sequence, content),
        };
    }

    /// <summary>True when the columns of a record repeat what this says.</summary>
    public bool IsRepeatedBy(AuditRecord record) =>
        (RecordId, Kind, OccurredAt, RecordedAt)
            == (record.RecordId, record.Kind, record.OccurredAt, record.RecordedAt)
        && (Tenant, KeyId, Actor, Action, Resource)
            == (record.Tenant, record.KeyId, record.Actor, record.Action, record.Resource)
        && (Status, ErrorCode, Model, Provider)
            == (record.Status, record.ErrorCode, record.Model, record.Provider);

    private static bool IsSaidBy(JsonProperty member, JsonElement other) =>
        other.TryGetProperty(member.Name, out var said)
        && (member.Value.ValueKind == JsonValueKind.Object && said.ValueKind == JsonValueKind.Object
            ? member.Value.EnumerateObject().All(inner => IsSaidBy(inner, said))
            : JsonElement.DeepEquals(member.Value, said));

    /// <summary>PostgreSQL keeps microseconds, and what is sealed must be what is read back.</summary>
    private static DateTimeOffset Stored(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    /// <summary>
    /// A caller chooses the model's name, and must not be able to stop the trail with it: PostgreSQL refuses NUL and
    /// half a surrogate pair, and an index a text that is too long.
    /// </summary>
    private static string? Stored(string? text)
    {
        if (text is null
            || (text.Length <= MaxTextLength
                && text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0
                && !text.Contains('\0', StringComparison.Ordinal)))
            return text;
        var cut = text.Length > MaxTextLength ? text[..MaxTextLength] : text;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)).Replace('\0', '\uFFFD');
    }
}
