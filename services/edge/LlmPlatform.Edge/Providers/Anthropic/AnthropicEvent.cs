using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>What one event of a Messages stream says; its usage goes to the one the stream gathers.</summary>
internal ref struct AnthropicEvent
{
    private const int MaxIdBytes = 200;

    /// <summary>What kind of event it is.</summary>
    public AnthropicEventKind Kind;

    /// <summary>Of a block's events: which block.</summary>
    public int Index;

    /// <summary>The type of the block that begins, or of the delta.</summary>
    public string? Type;

    /// <summary>Of the beginning: the id of the message. Of a block: of the tool call.</summary>
    public string? Id;

    /// <summary>The tool that is called.</summary>
    public string? Name;

    /// <summary>Of the beginning: the model.</summary>
    public string? Model;

    /// <summary>A piece of text, of a thought, or of a tool's arguments.</summary>
    public string? Text;

    /// <summary>A thought's signature, or all of a redacted thought.</summary>
    public string? Signature;

    /// <summary>Arguments that came whole, with the beginning of their block; null when there were none.</summary>
    public string? Input;

    /// <summary>Why the answer ended.</summary>
    public string? StopReason;

    /// <summary>The text that ended it.</summary>
    public string? StopSequence;

    /// <summary>Reads a payload; one that is no JSON object says nothing.</summary>
    public static AnthropicEvent Read(ReadOnlySpan<byte> payload, AnthropicUsage usage)
    {
        var said = new AnthropicEvent { Kind = KindOf(payload) };
        if (said.Kind == AnthropicEventKind.Other)
        {
            return said;
        }

        usage.IsEarly = said.Kind == AnthropicEventKind.Start
            || (usage.IsEarly && said.Kind != AnthropicEventKind.Delta);
        try
        {
            said.Scan(payload, usage);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Half of an event is none. The second is how the reader says that a text is no valid Unicode.
            said.Kind = AnthropicEventKind.Other;
        }

        return said;
    }

    /// <summary>
    /// The kind an event is of, by its own word; the name beside it says the same, and some servers leave it out.
    /// </summary>
    public static AnthropicEventKind KindOf(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return AnthropicEventKind.Other;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType)
                {
                    return reader.TokenType == JsonTokenType.String ? KindNamed(in reader) : AnthropicEventKind.Other;
                }

                reader.Skip();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not ours to judge: the bytes are the provider's.
        }

        return AnthropicEventKind.Other;
    }

    private static AnthropicEventKind KindNamed(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("content_block_delta"u8) ? AnthropicEventKind.BlockDelta
        : reader.ValueTextEquals("content_block_start"u8) ? AnthropicEventKind.BlockStart
        : reader.ValueTextEquals("content_block_stop"u8) ? AnthropicEventKind.BlockStop
        : reader.ValueTextEquals("message_start"u8) ? AnthropicEventKind.Start
        : reader.ValueTextEquals("message_delta"u8) ? AnthropicEventKind.Delta
        : reader.ValueTextEquals("message_stop"u8) ? AnthropicEventKind.Stop
        : reader.ValueTextEquals("ping"u8) ? AnthropicEventKind.Ping
        : reader.ValueTextEquals("error"u8) ? AnthropicEventKind.Error
        : AnthropicEventKind.Other;

    private void Scan(ReadOnlySpan<byte> payload, AnthropicUsage usage)
    {
        var reader = new Utf8JsonReader(payload);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                Index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) ? index : 0;
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                usage.Read(ref reader, payload);
            }
            else if (reader.ValueTextEquals("content_block"u8) || reader.ValueTextEquals("delta"u8)
                || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                ReadInner(ref reader, payload, usage);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void ReadInner(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload, AnthropicUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                usage.Read(ref reader, payload);
            }
            else if (reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                ReadInput(ref reader, payload);
            }
            else
            {
                ReadText(ref reader);
            }
        }
    }

    private void ReadText(ref Utf8JsonReader reader)
    {
        var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8)
            || reader.ValueTextEquals("partial_json"u8);
        var isSignature = reader.ValueTextEquals("signature"u8) || reader.ValueTextEquals("data"u8);
        var isId = reader.ValueTextEquals("id"u8);
        var isType = reader.ValueTextEquals("type"u8);
        var isName = reader.ValueTextEquals("name"u8);
        var isModel = reader.ValueTextEquals("model"u8);
        var isReason = reader.ValueTextEquals("stop_reason"u8);
        var isSequence = reader.ValueTextEquals("stop_sequence"u8);
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return;
        }

        Text = isText ? reader.GetString() : Text;
        Signature = isSignature ? reader.GetString() : Signature;
        Id = isId && reader.ValueSpan.Length <= MaxIdBytes ? reader.GetString() : Id;
        Type = isType ? reader.GetString() : Type;
        Name = isName ? reader.GetString() : Name;
        Model = isModel ? reader.GetString() : Model;
        StopReason = isReason ? reader.GetString() : StopReason;
        StopSequence = isSequence ? reader.GetString() : StopSequence;
    }

    private void ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload)
    {
        var start = (int)reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        var input = payload[start..(int)reader.BytesConsumed];
        Input = isObject && !input[1..^1].Trim(" \t\r\n"u8).IsEmpty
            ? Encoding.UTF8.GetString(input)
            : null;
    }
}

/// <summary>The events of a Messages stream.</summary>
internal enum AnthropicEventKind
{
    /// <summary>Nothing the protocol knows.</summary>
    Other,

    /// <summary><c>message_start</c>.</summary>
    Start,

    /// <summary><c>content_block_start</c>.</summary>
    BlockStart,

    /// <summary><c>content_block_delta</c>.</summary>
    BlockDelta,

    /// <summary><c>content_block_stop</c>.</summary>
    BlockStop,

    /// <summary><c>message_delta</c>.</summary>
    Delta,

    /// <summary><c>message_stop</c>: the last.</summary>
    Stop,

    /// <summary><c>ping</c>: says nothing.</summary>
    Ping,

    /// <summary><c>error</c>: ends the stream.</summary>
    Error,
}
