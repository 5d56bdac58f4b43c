using System.Buffers;
using System.Text.Json;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// What the gateway must know of a chat request, and where it stands in the bytes: the body is never turned into objects, and
/// what we do not know travels through untouched.
/// </summary>
internal sealed class ChatRequest
{
    private Range _modelValue;
    private Range? _streamOptionsValue;
    private Range? _includeUsageValue;
    private bool _streamOptionsIsObject;
    private bool _streamOptionsIsEmpty;

    private ChatRequest(ReadOnlyMemory<byte> body) => Body = body;

    public ReadOnlyMemory<byte> Body { get; }

    public string Model { get; private set; } = "";

    public bool Stream { get; private set; }

    /// <summary>True when the caller asked for the usage chunk of a stream itself.</summary>
    public bool IncludeUsage { get; private set; }

    /// <summary>The caller's own bound on output tokens; null when it gave none.</summary>
    public long? MaxOutputTokens { get; private set; }

    /// <summary>How many choices were asked for.</summary>
    public long Choices { get; private set; } = 1;

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error)
    {
        var request = new ChatRequest(body);
        try
        {
            error = request.Scan();
        }
        catch (JsonException broken)
        {
            error = GatewayError.InvalidRequest(
                $"The body is not valid JSON (line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}).");
        }

        return error is null ? request : null;
    }

    /// <summary>
    /// Writes the body as a provider must see it: its own model name, usage in every stream, and a bound on the output where
    /// the hold stands on one that the caller did not give. Everything else is copied byte for byte.
    /// </summary>
    public void WriteTo(IBufferWriter<byte> output, string providerModel, long? outputBound)
    {
        var body = Body.Span;
        var at = body.IndexOf((byte)'{') + 1;
        output.Write(body[..at]);
        if (outputBound is { } bound)
        {
            output.Write("\"max_tokens\":"u8);
            WriteNumber(output, bound);
            output.Write(","u8);
        }

        if (Stream && _streamOptionsValue is null)
        {
            output.Write("\"stream_options\":{\"include_usage\":true},"u8);
        }

        var optionsFirst = _streamOptionsValue is { } options && options.Start.Value < _modelValue.Start.Value;
        if (optionsFirst)
        {
            at = WriteStreamOptions(output, at);
        }

        output.Write(body[at.._modelValue.Start.Value]);
        WriteString(output, providerModel);
        at = _modelValue.End.Value;
        if (!optionsFirst)
        {
            at = WriteStreamOptions(output, at);
        }

        output.Write(body[at..]);
    }

    private int WriteStreamOptions(IBufferWriter<byte> output, int at)
    {
        if (!Stream || IncludeUsage || _streamOptionsValue is not { } options)
        {
            return at;
        }

        var body = Body.Span;
        if (_includeUsageValue is { } flag)
        {
            output.Write(body[at..flag.Start.Value]);
            output.Write("true"u8);
            return flag.End.Value;
        }

        output.Write(body[at..options.Start.Value]);
        if (!_streamOptionsIsObject)
        {
            output.Write("{\"include_usage\":true}"u8);
            return options.End.Value;
        }

        output.Write(_streamOptionsIsEmpty ? "{\"include_usage\":true"u8 : "{\"include_usage\":true,"u8);
        return options.Start.Value + 1;
    }

    private GatewayError? Scan()
    {
        var reader = new Utf8JsonReader(Body.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.InvalidRequest("The body must be a JSON object.");
        }

        var hasMessages = false;
        GatewayError? error = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && error is null)
        {
            error = ReadMember(ref reader, ref hasMessages);
        }

        // Reads to the end, so that trailing rubbish is found here and not by a provider.
        while (error is null && reader.Read())
        {
        }

        return error
            ?? (Model.Length == 0 ? GatewayError.InvalidRequest("The member 'model' is missing.", "model")
            : !hasMessages ? GatewayError.InvalidRequest("The member 'messages' is missing.", "messages")
            : null);
    }

    private GatewayError? ReadMember(ref Utf8JsonReader reader, ref bool hasMessages)
    {
        if (reader.ValueTextEquals("model"u8))
        {
            return ReadModel(ref reader);
        }

        if (reader.ValueTextEquals("messages"u8))
        {
            hasMessages = true;
            reader.Read();
            var isArray = reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
            return isArray ? null : GatewayError.InvalidRequest("'messages' must be an array.", "messages");
        }

        if (reader.ValueTextEquals("stream"u8))
        {
            reader.Read();
            Stream = reader.TokenType == JsonTokenType.True;
            return reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
                ? null
                : GatewayError.InvalidRequest("'stream' must be true or false.", "stream");
        }

        if (reader.ValueTextEquals("stream_options"u8))
        {
            return ReadStreamOptions(ref reader);
        }

        if (reader.ValueTextEquals("max_tokens"u8))
        {
            return ReadCount(ref reader, "max_tokens", value => MaxOutputTokens ??= value);
        }

        if (reader.ValueTextEquals("max_completion_tokens"u8))
        {
            return ReadCount(ref reader, "max_completion_tokens", value => MaxOutputTokens = value);
        }

        if (reader.ValueTextEquals("n"u8))
        {
            return ReadCount(ref reader, "n", value => Choices = value);
        }

        if (reader.ValueTextEquals("temperature"u8))
        {
            return ReadTemperature(ref reader);
        }

        reader.Read();
        reader.Skip();
        return null;
    }

    private GatewayError? ReadModel(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > 256)
        {
            return GatewayError.InvalidRequest("'model' must be a text of 1 to 256 bytes.", "model");
        }

        Model = reader.GetString()!;
        _modelValue = ValueRange(ref reader);
        return null;
    }

    private GatewayError? ReadStreamOptions(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        _streamOptionsIsObject = reader.TokenType == JsonTokenType.StartObject;
        if (!_streamOptionsIsObject)
        {
            _streamOptionsValue = ValueRange(ref reader);
            return reader.TokenType == JsonTokenType.Null
                ? null
                : GatewayError.InvalidRequest("'stream_options' must be an object.", "stream_options");
        }

        _streamOptionsIsEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _streamOptionsIsEmpty = false;
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isUsage)
            {
                IncludeUsage = reader.TokenType == JsonTokenType.True;
                _includeUsageValue = ValueRange(ref reader);
            }

            reader.Skip();
        }

        _streamOptionsValue = start..(int)reader.BytesConsumed;
        return null;
    }

    private static GatewayError? ReadCount(ref Utf8JsonReader reader, string name, Action<long> take)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value is < 1 or > 10_000_000)
        {
            return GatewayError.InvalidRequest($"'{name}' must be a whole number from 1 to 10000000.", name);
        }

        take(value);
        return null;
    }

    private static GatewayError? ReadTemperature(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null
            || (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var value) && value is >= 0 and <= 2)
            ? null
            : GatewayError.InvalidRequest("'temperature' must be a number from 0 to 2.", "temperature");
    }

    private static Range ValueRange(ref Utf8JsonReader reader) => (int)reader.TokenStartIndex..(int)reader.BytesConsumed;

    private static void WriteNumber(IBufferWriter<byte> output, long value)
    {
        var target = output.GetSpan(20);
        value.TryFormat(target, out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void WriteString(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(text).EncodedUtf8Bytes);
        output.Write("\""u8);
    }
}
