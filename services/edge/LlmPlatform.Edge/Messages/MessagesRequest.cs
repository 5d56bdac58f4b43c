using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// What the gateway must know of a Messages request, and where it stands in the bytes: the body is never turned into
/// objects unless it is translated, and what we do not know travels through untouched.
/// </summary>
internal sealed class MessagesRequest : InboundRequest
{
    private const int MaxModelBytes = 256;
    private const long MaxTokenCount = 10_000_000;

    private readonly bool _isTokenCount;
    private Members _seen;
    private int _modelMember;
    private Range _model;
    private Range _maxTokens;

    private MessagesRequest(ReadOnlyMemory<byte> body, bool isTokenCount)
        : base(body) => _isTokenCount = isTokenCount;

    /// <inheritdoc />
    public override bool ProducesTokens => !_isTokenCount;

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    /// <param name="body">Stays as it is until the call has been answered.</param>
    /// <param name="isTokenCount">True where only its tokens are to be counted: nothing bounds an answer then.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    public static MessagesRequest? Read(ReadOnlyMemory<byte> body, bool isTokenCount, out GatewayError? error)
    {
        var request = new MessagesRequest(body, isTokenCount);
        try
        {
            error = request.Scan();
        }
        catch (JsonException broken)
        {
            error = GatewayError.InvalidRequest(
                $"The body is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}).");
        }
        catch (InvalidOperationException)
        {
            // How the reader says that a name or text it was to compare is half a surrogate pair, or no UTF-8.
            error = GatewayError.InvalidRequest("The body is not valid JSON: a text in it is not valid Unicode.");
        }

        return error is null ? request : null;
    }

    /// <summary>
    /// Writes the body as the provider must see it: its own model name, a lower bound on the output where money is held
    /// for no more, and without thoughts that another provider signed, which it would refuse. Everything else is copied
    /// byte for byte.
    /// </summary>
    /// <exception cref="TranslationException">It says what is for the gateway to say.</exception>
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        var body = Body.Span;
        var model = (changes.NamesModel ? _model.Start.Value : _modelMember).._model.End.Value;
        ReadOnlySpan<Range> values =
            model.Start.Value < _maxTokens.Start.Value ? [model, _maxTokens] : [_maxTokens, model];
        var at = 0;
        foreach (var cut in ForeignThoughts.In(body))
        {
            while (!values.IsEmpty && values[0].Start.Value < cut.Start.Value)
            {
                at = WriteValue(output, at, values[0], in changes);
                values = values[1..];
            }

            output.Write(body[at..cut.Start.Value]);
            at = cut.End.Value;
        }

        foreach (var value in values)
        {
            at = WriteValue(output, at, value, in changes);
        }

        output.Write(body[at..]);
    }

    /// <inheritdoc />
    public override GenerationRequest ReadGeneration() => MessagesReading.Read(Body);

    private int WriteValue(IBufferWriter<byte> output, int at, Range value, in PassThroughChanges changes)
    {
        var body = Body.Span;
        output.Write(body[at..value.Start.Value]);
        if (value.End.Equals(_model.End))
        {
            WriteModel(output, in changes);
        }
        else if (changes.OutputBound is not { } most || !RequestMembers.TryWriteLower(output, body[value], most))
        {
            output.Write(body[value]);
        }

        return value.End.Value;
    }

    private void WriteModel(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        if (changes.NamesModel)
        {
            WriteText(output, changes.Model);
        }

        if (changes.AnthropicVersion is not { } version)
        {
            return;
        }

        if (_seen.HasFlag(Members.Version))
        {
            throw new TranslationException(
                "The version of the protocol is said in the header 'anthropic-version', not in the body.",
                "anthropic_version");
        }

        output.Write(changes.NamesModel ? ",\"anthropic_version\":"u8 : "\"anthropic_version\":"u8);
        WriteText(output, version);
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
        output.Write("\""u8);
    }

    private GatewayError? Scan()
    {
        var reader = new Utf8JsonReader(Body.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.InvalidRequest("The body must be a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadMember(ref reader) is { } error)
            {
                return error;
            }
        }

        // Reads to the end, so that trailing rubbish is found here and not by a provider.
        while (reader.Read())
        {
        }

        return !_seen.HasFlag(Members.Model) ? Missing("model")
            : !_seen.HasFlag(Members.Messages) ? Missing("messages")
            : MaxOutputTokens is null && !_isTokenCount ? Missing("max_tokens")
            : null;
    }

    private GatewayError? ReadMember(ref Utf8JsonReader reader)
    {
        if (NameOf(in reader) is not { } name)
        {
            reader.Read();
            reader.Skip();
            return null;
        }

        if (_seen.HasFlag(name.Member))
        {
            return GatewayError.InvalidRequest($"The member '{name.Text}' is there twice.", name.Text);
        }

        _seen |= name.Member;
        var start = (int)reader.TokenStartIndex;
        reader.Read();
        return name.Member switch
        {
            Members.Model => ReadModel(ref reader, start),
            Members.Messages => ReadMessages(ref reader),
            Members.Stream => ReadStream(ref reader),
            Members.MaxTokens => ReadMaxTokens(ref reader),
            Members.Version => Pass(ref reader),
            Members.Thread => ReadThread(in reader),
            Members.Thinking => ReadThinking(ref reader),
            Members.Tools => ReadTools(ref reader),
            _ => ReadTemperature(ref reader),
        };
    }

    private static (Members Member, string Text)? NameOf(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("model"u8) ? (Members.Model, "model")
        : reader.ValueTextEquals("messages"u8) ? (Members.Messages, "messages")
        : reader.ValueTextEquals("stream"u8) ? (Members.Stream, "stream")
        : reader.ValueTextEquals("max_tokens"u8) ? (Members.MaxTokens, "max_tokens")
        : reader.ValueTextEquals("thinking"u8) ? (Members.Thinking, "thinking")
        : reader.ValueTextEquals("temperature"u8) ? (Members.Temperature, "temperature")
        : reader.ValueTextEquals("tools"u8) ? (Members.Tools, "tools")
        : reader.ValueTextEquals("thread"u8) ? (Members.Thread, "thread")
        : reader.ValueTextEquals("anthropic_version"u8) ? (Members.Version, "anthropic_version")
        : null;

    private GatewayError? ReadModel(ref Utf8JsonReader reader, int memberStart)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > MaxModelBytes)
        {
            return GatewayError.InvalidRequest($"'model' must be a text of 1 to {MaxModelBytes} bytes.", "model");
        }

        Model = reader.GetString()!;
        _modelMember = memberStart;
        _model = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
        return null;
    }

    private static GatewayError? Pass(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static GatewayError? ReadMessages(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return GatewayError.InvalidRequest("'messages' must be an array.", "messages");
        }

        reader.Skip();
        return null;
    }

    private GatewayError? ReadTools(ref Utf8JsonReader reader)
    {
        WebUses = WebUses.In(ref reader);
        return null;
    }

    // It names a part of the bound: a lower one would be refused.
    private GatewayError? ReadThinking(ref Utf8JsonReader reader)
    {
        MayBoundLower = false;
        reader.Skip();
        return null;
    }

    // A count is never streamed, whatever is asked.
    private GatewayError? ReadStream(ref Utf8JsonReader reader)
    {
        Stream = reader.TokenType == JsonTokenType.True && !_isTokenCount;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
            ? null
            : GatewayError.InvalidRequest("'stream' must be true or false.", "stream");
    }

    // Zero is allowed: it fills the provider's cache and says nothing.
    private GatewayError? ReadMaxTokens(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number
            || !reader.TryGetInt64(out var value) || value is < 0 or > MaxTokenCount)
        {
            return GatewayError.InvalidRequest(
                $"'max_tokens' must be a whole number from 0 to {MaxTokenCount}.", "max_tokens");
        }

        MaxOutputTokens = value;
        _maxTokens = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
        return null;
    }

    // The bound is the platform's. Anthropic's own ends at 1, and Anthropic says so to whom it serves.
    private static GatewayError? ReadTemperature(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.Number
                && reader.TryGetDecimal(out var value) && value is >= 0 and <= 2)
            ? null
            : GatewayError.InvalidRequest("'temperature' must be a number from 0 to 2.", "temperature");

    // Its id would open what any tenant said in it, at any provider it happens to be known to.
    private static GatewayError? ReadThread(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null
            ? null
            : GatewayError.InvalidRequest(
                "Conversations kept by a provider are not served here. Leave 'thread' out and send the earlier "
                + "messages in 'messages'.",
                "thread");

    private static GatewayError Missing(string name) =>
        GatewayError.InvalidRequest($"The member '{name}' is missing.", name);

    /// <summary>
    /// The members that are read. None may come twice: which of the two a provider would take is not ours to guess.
    /// </summary>
    [Flags]
    private enum Members
    {
        Model = 1,
        Messages = 2,
        Stream = 4,
        MaxTokens = 8,
        Temperature = 16,
        Version = 32,
        Thread = 64,
        Thinking = 128,
        Tools = 256,
    }
}
