using System.Text.Json;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// What one event of a chat stream, or a whole answer, says about usage. Only bytes that name it are parsed.
/// </summary>
internal ref struct ChatChunk
{
    private const int MaxIdBytes = 200;

    /// <summary>The usage it reports; null when it reports none.</summary>
    public UsageReport? Usage;

    /// <summary>True when it is one whole JSON object.</summary>
    public bool IsObject;

    /// <summary>True when it has a choice in it; one without exists to report usage.</summary>
    public bool HasChoices;

    /// <summary>True when it is an error of the provider.</summary>
    public bool IsError;

    /// <summary>
    /// The bytes of the usage member with one comma beside it, relative to the payload; empty when there is none.
    /// </summary>
    public Range UsageMember;

    /// <summary>The provider's id of the exchange.</summary>
    public string? Id;

    private string? _tier;

    /// <summary>Reads a payload. One that is no JSON object says nothing.</summary>
    public static ChatChunk Read(ReadOnlySpan<byte> payload, bool wantsId)
    {
        var chunk = default(ChatChunk);
        try
        {
            chunk.Scan(payload, wantsId);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not ours to judge: the bytes are the provider's, and the caller gets them as they are. The second is how
            // the reader says that a name or an id is no valid Unicode.
            chunk.IsObject = false;
        }

        return chunk;
    }

    private void Scan(ReadOnlySpan<byte> payload, bool wantsId)
    {
        var reader = new Utf8JsonReader(payload);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        var previousEnd = (int)reader.BytesConsumed;
        var isFirst = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            if (reader.ValueTextEquals("usage"u8))
            {
                ReadUsage(ref reader, payload);
                UsageMember = MemberRange(payload, previousEnd, nameStart, (int)reader.BytesConsumed, isFirst);
            }
            else
            {
                ReadMember(ref reader, wantsId);
            }

            previousEnd = (int)reader.BytesConsumed;
            isFirst = false;
        }

        // Nothing but blanks may follow, or the reader says so.
        IsObject = !reader.Read();
        Usage = Usage is { } usage && _tier is not null ? usage with { ServiceTier = _tier } : Usage;
    }

    private void ReadMember(ref Utf8JsonReader reader, bool wantsId)
    {
        if (reader.ValueTextEquals("choices"u8))
        {
            reader.Read();
            HasChoices = reader.TokenType == JsonTokenType.StartArray
                && reader.Read() && reader.TokenType != JsonTokenType.EndArray;
            SkipRestOfArray(ref reader);
            return;
        }

        var isError = reader.ValueTextEquals("error"u8);
        var isId = wantsId && reader.ValueTextEquals("id"u8);
        var isTier = reader.ValueTextEquals("service_tier"u8);
        reader.Read();
        _tier = isTier ? UsageReport.Word(in reader) : _tier;
        IsError |= isError && reader.TokenType != JsonTokenType.Null;
        if (isId && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and <= MaxIdBytes)
        {
            Id = reader.GetString();
        }

        reader.Skip();
    }

    // The reader stands on the first choice.
    private readonly void SkipRestOfArray(ref Utf8JsonReader reader)
    {
        if (!HasChoices)
        {
            reader.Skip();
            return;
        }

        do
        {
            reader.Skip();
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);
    }

    private void ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Usage = OpenAiUsage.Read(ref reader, payload);
        }
        else
        {
            reader.Skip();
        }
    }

    // Removing a member takes the comma before it along, or, for the first member, the one behind it.
    private static Range MemberRange(
        ReadOnlySpan<byte> payload, int previousEnd, int nameStart, int valueEnd, bool isFirst)
    {
        if (!isFirst)
        {
            return previousEnd..valueEnd;
        }

        var comma = payload[valueEnd..].IndexOf((byte)',');
        return comma >= 0 && payload.Slice(valueEnd, comma).Trim(" \t\r\n"u8).IsEmpty
            ? nameStart..(valueEnd + comma + 1)
            : nameStart..valueEnd;
    }
}
