using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>What an event of a Converse stream says; what it does not say is null.</summary>
internal struct ConverseEvent
{
    public int Block { get; private set; }

    public string? Text { get; private set; }

    public string? ToolUseId { get; private set; }

    public string? ToolName { get; private set; }

    public string? ToolInput { get; private set; }

    public string? Thought { get; private set; }

    public string? Signature { get; private set; }

    public byte[]? RedactedThought { get; private set; }

    public string? StopReason { get; private set; }

    public string? StopSequence { get; private set; }

    public UsageReport? Usage { get; private set; }

    /// <summary>What the call was served as, in Bedrock's word.</summary>
    public string? ServiceTier { get; private set; }

    /// <summary>Reads a payload once, front to back.</summary>
    /// <exception cref="InvalidDataException">It is not JSON, or not of the types it must be.</exception>
    public static ConverseEvent Read(ReadOnlySpan<byte> payload)
    {
        var said = default(ConverseEvent);
        try
        {
            var reader = new Utf8JsonReader(payload);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new InvalidDataException("An event of Bedrock's stream is no JSON object.");
            }

            said.ReadObject(ref reader, payload, isThought: false);
            said.Usage = said.Usage is { } usage ? usage with { ServiceTier = said.ServiceTier } : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            // Half a surrogate pair or broken base64 is an exception of another type than broken JSON.
            throw new InvalidDataException("An event of Bedrock's stream cannot be read.");
        }

        return said;
    }

    // No two of the names mean different things in different places, but text, which may be a thought.
    private void ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, bool isThought)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsContainer(in reader, out var holdsThought))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadObject(ref reader, payload, isThought || holdsThought);
                }
                else
                {
                    reader.Skip();
                }
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    Usage = ConverseUsage.Read(ref reader, payload);
                }
                else
                {
                    reader.Skip();
                }
            }
            else if (reader.ValueTextEquals("serviceTier"u8))
            {
                reader.Read();
                ReadTier(ref reader);
            }
            else
            {
                ReadValue(ref reader, isThought);
            }
        }
    }

    // {"type":"priority"}
    private void ReadTier(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            ServiceTier = isType ? UsageReport.Word(in reader) : ServiceTier;
            reader.Skip();
        }
    }

    private static bool IsContainer(in Utf8JsonReader reader, out bool holdsThought)
    {
        holdsThought = reader.ValueTextEquals("reasoningContent"u8);
        return holdsThought || reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("start"u8)
            || reader.ValueTextEquals("toolUse"u8) || reader.ValueTextEquals("additionalModelResponseFields"u8);
    }

    private void ReadValue(ref Utf8JsonReader reader, bool isThought)
    {
        if (reader.ValueTextEquals("contentBlockIndex"u8))
        {
            reader.Read();
            Block = reader.GetInt32();
        }
        else if (reader.ValueTextEquals("text"u8))
        {
            var text = ReadText(ref reader);
            (Text, Thought) = isThought ? (Text, text) : (text, Thought);
        }
        else if (reader.ValueTextEquals("input"u8))
        {
            ToolInput = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("toolUseId"u8))
        {
            ToolUseId = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("name"u8))
        {
            ToolName = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("signature"u8))
        {
            Signature = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("redactedContent"u8))
        {
            reader.Read();
            RedactedThought = reader.GetBytesFromBase64();
        }
        else if (reader.ValueTextEquals("stopReason"u8))
        {
            StopReason = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("stop_sequence"u8))
        {
            StopSequence = ReadText(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    // Null where there is something else: what is not understood is passed over.
    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }
}
