using System.Text.Json;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>How a body is read: once, front to back.</summary>
internal abstract partial class OpenAiRequest
{
    private const long MaxChoices = 128;

    /// <summary>The member without which there is nothing to answer.</summary>
    protected abstract string Subject { get; }

    /// <summary>Reads that member's value, to its end.</summary>
    protected abstract GatewayError? ReadSubject(ref Utf8JsonReader reader);

    /// <summary>Takes how many answers are made to choose the best from.</summary>
    protected virtual void TakeBestOf(long count)
    {
    }

    /// <summary>Reads the body. What is wrong with it is named, with the member at fault.</summary>
    protected GatewayError? ReadBody()
    {
        try
        {
            return Scan();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return RequestMembers.Malformed(fault);
        }
    }

    /// <summary>Notes what may stand in place of the value that the reader stands on.</summary>
    protected void NoteValue(Splice what, in Utf8JsonReader reader) =>
        _places.Add(new Place(what, (int)reader.TokenStartIndex, (int)reader.BytesConsumed));

    /// <summary>Notes a member that may be left out, with one comma beside it.</summary>
    /// <param name="what">Why.</param>
    /// <param name="previousEnd">Where the member before it ends that is not left out; 0 when there is none.</param>
    /// <param name="nameStart">Where its name begins.</param>
    /// <param name="valueEnd">Where its value ends.</param>
    protected void NoteMember(Splice what, int previousEnd, int nameStart, int valueEnd) =>
        _places.Add(MemberPlace(what, previousEnd, nameStart, valueEnd));

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
            : !_seen.HasFlag(Members.Subject) ? RequestMembers.Missing(Subject)
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
            Members.Subject => ReadSubject(ref reader),
            Members.Stream => ReadStream(in reader),
            Members.StreamOptions => ReadStreamOptions(ref reader, nameStart),
            Members.MaxTokens => ReadMaxTokens(in reader),
            Members.MaxCompletionTokens => ReadMaxCompletionTokens(
                in reader, new Place(Splice.MaxCompletionTokensName, nameStart, nameEnd)),
            Members.Choices => ReadChoices(in reader),
            Members.BestOf => ReadBestOf(in reader),
            Members.WebSearchOptions => ReadWebSearch(ref reader),
            Members.EnableSearch => ReadWebSearch(ref reader),
            _ => RequestMembers.ReadTemperature(in reader),
        };
    }

    private (Members Member, string Text)? NameOf(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("model"u8) ? (Members.Model, "model")
        : reader.ValueTextEquals(Subject) ? (Members.Subject, Subject)
        : reader.ValueTextEquals("stream"u8) ? (Members.Stream, "stream")
        : reader.ValueTextEquals("stream_options"u8) ? (Members.StreamOptions, "stream_options")
        : reader.ValueTextEquals("max_tokens"u8) ? (Members.MaxTokens, "max_tokens")
        : reader.ValueTextEquals("max_completion_tokens"u8) ? (Members.MaxCompletionTokens, "max_completion_tokens")
        : reader.ValueTextEquals("n"u8) ? (Members.Choices, "n")
        : reader.ValueTextEquals("temperature"u8) ? (Members.Temperature, "temperature")
        : reader.ValueTextEquals("best_of"u8) ? (Members.BestOf, "best_of")
        : reader.ValueTextEquals("web_search_options"u8) ? (Members.WebSearchOptions, "web_search_options")
        : reader.ValueTextEquals("enable_search"u8) ? (Members.EnableSearch, "enable_search")
        : null;

    private GatewayError? ReadModel(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadModel(in reader, out var model);
        Model = model;
        NoteValue(Splice.Model, in reader);
        return error;
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
            var end = (int)reader.BytesConsumed;
            _places.Insert(inside, MemberPlace(Splice.WholeStreamOptions, _memberEnd, nameStart, end));
        }

        return error;
    }

    private GatewayError? ReadStreamOptions(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            NoteValue(Splice.StreamOptions, in reader);
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
        NoteValue(Splice.IncludeUsage, in reader);
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

    private GatewayError? ReadBestOf(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadCount(in reader, "best_of", MaxChoices, out var count);
        TakeBestOf(count ?? 1);
        return error;
    }

    // OpenAI's word is an object, DashScope's a flag.
    private GatewayError? ReadWebSearch(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.True)
        {
            WebUses = WebUses.Search;
        }

        reader.Skip();
        return null;
    }

    // A null says nothing, and is where a bound of ours must go: beside it, the name would stand there twice.
    private void NoteBound(in Utf8JsonReader reader, Splice what, long? count, ref bool canBound)
    {
        if (count is { } tokens)
        {
            MaxOutputTokens = Math.Max(MaxOutputTokens ?? 0, tokens);
            _isBoundGiven = true;
            NoteValue(Splice.GivenBound, in reader);
        }
        else if (reader.TokenType == JsonTokenType.Null)
        {
            canBound = true;
            NoteValue(what, in reader);
        }
    }

    // The comma before it, or behind it where no member stands before.
    private Place MemberPlace(Splice what, int previousEnd, int nameStart, int valueEnd)
    {
        if (previousEnd > 0)
        {
            return new Place(what, previousEnd, valueEnd);
        }

        var rest = Body.Span[valueEnd..];
        var comma = rest.Length - rest.TrimStart(" \t\r\n"u8).Length;
        var hasComma = comma < rest.Length && rest[comma] == ',';
        return new Place(what, nameStart, hasComma ? valueEnd + comma + 1 : valueEnd);
    }
}
