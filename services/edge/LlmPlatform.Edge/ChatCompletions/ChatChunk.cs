using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.OpenAi;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>What one event of a chat stream, or a whole answer, says about usage. Only bytes that name it are parsed.</summary>
internal ref struct ChatChunk
{
    /// <summary>The usage it reports; null when it reports none.</summary>
    public TokenUsage? Usage;

    /// <summary>False when the reported figures contradict each other.</summary>
    public bool IsConsistent;

    /// <summary>True when it has no choice in it: the event exists to report usage.</summary>
    public bool HasNoChoices;

    /// <summary>True when it is an error of the provider.</summary>
    public bool IsError;

    /// <summary>The bytes of the usage member with one comma beside it, relative to the payload; empty when there is none.</summary>
    public Range UsageMember;

    /// <summary>The provider's id of the exchange.</summary>
    public string? Id;

    /// <summary>Reads a payload. One that is no JSON object says nothing.</summary>
    public static ChatChunk Read(ReadOnlySpan<byte> payload, bool wantsId)
    {
        var chunk = default(ChatChunk);
        try
        {
            chunk.Scan(payload, wantsId);
        }
        catch (JsonException)
        {
            // Not ours to judge: the bytes are the provider's, and the caller gets them as they are.
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
                ReadUsage(ref reader);
                UsageMember = MemberRange(payload, previousEnd, nameStart, (int)reader.BytesConsumed, isFirst);
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                var start = reader.BytesConsumed;
                reader.Skip();
                HasNoChoices = payload[(int)start..(int)reader.BytesConsumed].Trim(" \t\r\n]"u8).IsEmpty;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                IsError = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else if (wantsId && reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                Id = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 200 ? reader.GetString() : null;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }

            previousEnd = (int)reader.BytesConsumed;
            isFirst = false;
        }
    }

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Usage = OpenAiUsage.Read(ref reader, out IsConsistent);
        }
        else
        {
            reader.Skip();
        }
    }

    // Removing a member takes the comma before it along, or, for the first member, the one behind it.
    private static Range MemberRange(ReadOnlySpan<byte> payload, int previousEnd, int nameStart, int valueEnd, bool isFirst)
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
