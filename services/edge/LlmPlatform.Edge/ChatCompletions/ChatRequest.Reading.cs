using System.Text.Json;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>How a body is read: once, front to back.</summary>
internal sealed partial class ChatRequest
{
    private const long MaxChoices = 128;

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error)
    {
        var request = new ChatRequest(body);
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

            _memberEnd = (int)reader.BytesConsumed;
        }

        // Reads to the end, so that trailing rubbish is found here and not by a provider.
        while (reader.Read())
        {
        }

        return !_seen.HasFlag(Members.Model) ? RequestMembers.Missing("model")
            : !_seen.HasFlag(Members.Messages) ? RequestMembers.Missing("messages")
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
            return RequestMembers.Twice(name.Text);
        }

        _seen |= name.Member;
        var nameStart = (int)reader.TokenStartIndex;
        var nameEnd = nameStart + reader.ValueSpan.Length + 2;
        reader.Read();
        return name.Member switch
        {
            Members.Model => ReadModel(in reader),
            Members.Messages => ReadMessages(ref reader),
            Members.Stream => ReadStream(in reader),
            Members.StreamOptions => ReadStreamOptions(ref reader, nameStart),
            Members.MaxTokens => ReadMaxTokens(in reader),
            Members.MaxCompletionTokens => ReadMaxCompletionTokens(
                in reader, new Place(Splice.MaxCompletionTokensName, nameStart, nameEnd)),
            Members.Choices => ReadChoices(in reader),
            _ => RequestMembers.ReadTemperature(in reader),
        };
    }

    private static (Members Member, string Text)? NameOf(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("model"u8) ? (Members.Model, "model")
        : reader.ValueTextEquals("messages"u8) ? (Members.Messages, "messages")
        : reader.ValueTextEquals("stream"u8) ? (Members.Stream, "stream")
        : reader.ValueTextEquals("stream_options"u8) ? (Members.StreamOptions, "stream_options")
        : reader.ValueTextEquals("max_tokens"u8) ? (Members.MaxTokens, "max_tokens")
        : reader.ValueTextEquals("max_completion_tokens"u8) ? (Members.MaxCompletionTokens, "max_completion_tokens")
        : reader.ValueTextEquals("n"u8) ? (Members.Choices, "n")
        : reader.ValueTextEquals("temperature"u8) ? (Members.Temperature, "temperature")
        : null;

    private GatewayError? ReadModel(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadModel(in reader, out var model);
        Model = model;
        _places.Add(ValuePlace(Splice.Model, in reader));
        return error;
    }

    private GatewayError? ReadMessages(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return GatewayError.InvalidRequest("'messages' must be an array.", "messages");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadMessage(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return null;
    }

    private void ReadMessage(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            reader.Read();
            if (isRole && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("developer"u8))
            {
                _places.Add(ValuePlace(Splice.DeveloperRole, in reader));
            }

            reader.Skip();
        }
    }

    private GatewayError? ReadStream(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadFlag(in reader, "stream", out var stream);
        Stream = stream ?? false;
        return error;
    }

    private GatewayError? ReadStreamOptions(ref Utf8JsonReader reader, int nameStart)
    {
        var inside = _places.Count;
        var error = ReadStreamOptions(ref reader);
        if (error is null)
        {
            _places.Insert(inside, MemberPlace(nameStart, (int)reader.BytesConsumed));
        }

        return error;
    }

    private GatewayError? ReadStreamOptions(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            _places.Add(ValuePlace(Splice.StreamOptions, in reader));
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return GatewayError.InvalidRequest("'stream_options' must be an object.", "stream_options");
        }

        var opening = (int)reader.BytesConsumed;
        var isEmpty = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isEmpty = false;
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isUsage && ReadIncludeUsage(in reader) is { } error)
            {
                return error;
            }

            reader.Skip();
        }

        if (!_seen.HasFlag(Members.IncludeUsage))
        {
            _places.Add(new Place(isEmpty ? Splice.StreamOptionsEmpty : Splice.StreamOptionsOpening, opening, opening));
        }

        return null;
    }

    private GatewayError? ReadIncludeUsage(in Utf8JsonReader reader)
    {
        if (_seen.HasFlag(Members.IncludeUsage))
        {
            return RequestMembers.Twice("stream_options.include_usage");
        }

        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
        {
            return GatewayError.InvalidRequest(
                "'stream_options.include_usage' must be true or false.", "stream_options.include_usage");
        }

        _seen |= Members.IncludeUsage;
        IncludeUsage = reader.TokenType == JsonTokenType.True;
        _places.Add(ValuePlace(Splice.IncludeUsage, in reader));
        return null;
    }

    private GatewayError? ReadMaxTokens(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadCount(in reader, "max_tokens", RequestMembers.MaxTokenCount, out var count);
        NoteBound(in reader, Splice.MaxTokens, count, ref _canBoundMaxTokens);
        return error;
    }

    private GatewayError? ReadMaxCompletionTokens(in Utf8JsonReader reader, Place name)
    {
        if (reader.TokenType != JsonTokenType.Null)
        {
            _places.Add(name);
        }

        var error = RequestMembers.ReadCount(
            in reader, "max_completion_tokens", RequestMembers.MaxTokenCount, out var count);
        NoteBound(in reader, Splice.MaxCompletionTokens, count, ref _canBoundMaxCompletionTokens);
        return error;
    }

    private GatewayError? ReadChoices(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadCount(in reader, "n", MaxChoices, out var count);
        Choices = count ?? 1;
        return error;
    }

    // A null says nothing, and is where a bound of ours must go: beside it, the name would stand there twice.
    private void NoteBound(in Utf8JsonReader reader, Splice what, long? count, ref bool canBound)
    {
        if (count is { } tokens)
        {
            MaxOutputTokens = Math.Max(MaxOutputTokens ?? 0, tokens);
        }
        else if (reader.TokenType == JsonTokenType.Null)
        {
            canBound = true;
            _places.Add(ValuePlace(what, in reader));
        }
    }

    private static Place ValuePlace(Splice what, in Utf8JsonReader reader) =>
        new(what, (int)reader.TokenStartIndex, (int)reader.BytesConsumed);

    // A member takes the comma before it along, or, being the first, the one behind it: there is always another.
    private Place MemberPlace(int nameStart, int valueEnd)
    {
        if (_memberEnd > 0)
        {
            return new Place(Splice.WholeStreamOptions, _memberEnd, valueEnd);
        }

        var comma = Body.Span[valueEnd..].IndexOf((byte)',');
        return new Place(Splice.WholeStreamOptions, nameStart, valueEnd + comma + 1);
    }
}
