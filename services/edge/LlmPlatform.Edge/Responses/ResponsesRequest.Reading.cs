using System.Text.Json;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Responses;

/// <summary>How a body is read: once, front to back.</summary>
internal sealed partial class ResponsesRequest
{
    /// <summary>The longest id of a response, in bytes.</summary>
    public const int MaxIdBytes = 200;

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    public static ResponsesRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error)
    {
        var request = new ResponsesRequest(body);
        try
        {
            error = request.Scan();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            error = RequestMembers.Malformed(fault);
        }

        return error is null ? request : null;
    }

    private GatewayError? Scan()
    {
        var reader = new Utf8JsonReader(Body.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return RequestMembers.NoObject();
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

        return _seen.HasFlag(Members.Model) ? null : RequestMembers.Missing("model");
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
            return RequestMembers.Twice(name.Text);
        }

        _seen |= name.Member;
        reader.Read();
        return name.Member switch
        {
            Members.Model => ReadModel(in reader),
            Members.Input => ReadInput(ref reader),
            Members.Stream => ReadStream(in reader),
            Members.MaxOutputTokens => ReadMaxOutputTokens(in reader),
            Members.PreviousResponseId => ReadPreviousResponseId(in reader),
            Members.Temperature => RequestMembers.ReadTemperature(in reader),
            Members.Background => ReadBackground(in reader),
            Members.Store => ReadStore(in reader),
            Members.Tools => ReadTools(ref reader),
            Members.MaxToolCalls => ReadMaxToolCalls(ref reader),
            _ => ReadConversation(in reader),
        };
    }

    private static (Members Member, string Text)? NameOf(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("model"u8) ? (Members.Model, "model")
        : reader.ValueTextEquals("input"u8) ? (Members.Input, "input")
        : reader.ValueTextEquals("stream"u8) ? (Members.Stream, "stream")
        : reader.ValueTextEquals("max_output_tokens"u8) ? (Members.MaxOutputTokens, "max_output_tokens")
        : reader.ValueTextEquals("previous_response_id"u8) ? (Members.PreviousResponseId, "previous_response_id")
        : reader.ValueTextEquals("temperature"u8) ? (Members.Temperature, "temperature")
        : reader.ValueTextEquals("background"u8) ? (Members.Background, "background")
        : reader.ValueTextEquals("store"u8) ? (Members.Store, "store")
        : reader.ValueTextEquals("tools"u8) ? (Members.Tools, "tools")
        : reader.ValueTextEquals("max_tool_calls"u8) ? (Members.MaxToolCalls, "max_tool_calls")
        : reader.ValueTextEquals("conversation"u8) ? (Members.Conversation, "conversation")
        : null;

    private GatewayError? ReadModel(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadModel(in reader, out var model);
        Model = model;
        _places.Add(ValuePlace(Splice.Model, in reader));
        return error;
    }

    // Absent it may be: a stored prompt can stand in its place.
    private GatewayError? ReadInput(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return GatewayError.InvalidRequest("'input' must be a text or an array of items.", "input");
        }

        var start = (int)reader.TokenStartIndex;
        var hasForeignReasoning = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            hasForeignReasoning |= SkipItem(ref reader);
        }

        if (hasForeignReasoning)
        {
            _places.Add(new Place(Splice.InputWithForeignReasoning, start, (int)reader.BytesConsumed));
        }

        return null;
    }

    private GatewayError? ReadStream(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadFlag(in reader, "stream", out var stream);
        Stream = stream ?? false;
        return error;
    }

    // A null says nothing, and is where a bound of ours must go: beside it, the name would stand there twice.
    private GatewayError? ReadMaxOutputTokens(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadCount(
            in reader, "max_output_tokens", RequestMembers.MaxTokenCount, out var count);
        MaxOutputTokens = count;
        if (count is not null || reader.TokenType == JsonTokenType.Null)
        {
            _canBoundInPlace = true;
            _places.Add(ValuePlace(count is null ? Splice.NoBound : Splice.GivenBound, in reader));
        }

        return error;
    }

    private GatewayError? ReadPreviousResponseId(in Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > MaxIdBytes)
        {
            return GatewayError.InvalidRequest(
                $"'previous_response_id' must be a text of 1 to {MaxIdBytes} bytes.", "previous_response_id");
        }

        PreviousResponseId = reader.GetString();
        return null;
    }

    // Its usage is known only after the answer to this request is long gone.
    private static GatewayError? ReadBackground(in Utf8JsonReader reader) =>
        RequestMembers.ReadFlag(in reader, "background", out var background)
        ?? (background is true
            ? GatewayError.InvalidRequest(
                "Responses in the background are not served here: what they cost could not be held against a budget. "
                + "Leave 'background' out and stream the response instead.",
                "background")
            : null);

    private GatewayError? ReadStore(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadFlag(in reader, "store", out var store);
        _isStored = store ?? true;
        return error;
    }

    private GatewayError? ReadTools(ref Utf8JsonReader reader)
    {
        WebUses = WebUses.In(ref reader).Within(_maxToolCalls);
        return null;
    }

    private GatewayError? ReadMaxToolCalls(ref Utf8JsonReader reader)
    {
        _maxToolCalls = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var most) ? most : null;
        WebUses = WebUses.Within(_maxToolCalls);
        reader.Skip();
        return null;
    }

    // Its id would open what any tenant said in it, at any provider it happens to be known to.
    private static GatewayError? ReadConversation(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null
            ? null
            : GatewayError.InvalidRequest(
                "Conversations kept by a provider are not served here. Continue a response with "
                + "'previous_response_id', or send the earlier items in 'input'.",
                "conversation");

    private static Place ValuePlace(Splice what, in Utf8JsonReader reader) =>
        new(what, (int)reader.TokenStartIndex, (int)reader.BytesConsumed);
}
