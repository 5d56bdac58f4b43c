using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>What the gateway must know of a chat request.</summary>
internal sealed class ChatRequest : OpenAiRequest
{
    private ChatRequest(ReadOnlyMemory<byte> body)
        : base(body)
    {
    }

    /// <summary>
    /// True when the tools were named in the older way, so that the caller reads calls in no other. Known once the
    /// request has been read for translation.
    /// </summary>
    public bool UsesFunctions { get; private set; }

    /// <inheritdoc />
    protected override string Subject => "messages";

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    public static ChatRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error)
    {
        var request = new ChatRequest(body);
        error = request.ReadBody();
        return error is null ? request : null;
    }

    /// <inheritdoc />
    public override GenerationRequest ReadGeneration()
    {
        var body = RequestObject.Parse(Body);
        UsesFunctions = ChatToolsReader.UsesFunctions(body);
        return ChatGenerationReader.Read(body);
    }

    /// <inheritdoc />
    protected override GatewayError? ReadSubject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return GatewayError.InvalidRequest("'messages' must be an array.", "messages");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadMessage(ref reader);
        }

        return null;
    }

    private void ReadMessage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var previousEnd = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            var isRole = reader.ValueTextEquals("role"u8);
            var isCalls = !isRole && reader.ValueTextEquals("tool_calls"u8);
            var isOthersOwn = !isRole && !isCalls
                && (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("thinking_blocks"u8));
            reader.Read();
            if (isRole && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("developer"u8))
            {
                NoteValue(Splice.DeveloperRole, in reader);
            }

            if (isCalls && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadCalls(ref reader);
            }

            reader.Skip();
            previousEnd = Pass(isOthersOwn, previousEnd, nameStart, (int)reader.BytesConsumed);
        }
    }

    // What Gemini wants back with its calls nobody else knows.
    private void ReadCalls(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var previousEnd = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var nameStart = (int)reader.TokenStartIndex;
                var isOthersOwn = reader.ValueTextEquals("extra_content"u8);
                reader.Read();
                reader.Skip();
                previousEnd = Pass(isOthersOwn, previousEnd, nameStart, (int)reader.BytesConsumed);
            }
        }
    }

    // Where the last member ends that stays; of those that go and stand first, each takes the comma behind it along.
    private int Pass(bool isOthersOwn, int previousEnd, int nameStart, int valueEnd)
    {
        if (!isOthersOwn)
        {
            return valueEnd;
        }

        NoteMember(Splice.OthersOwn, previousEnd, nameStart, valueEnd);
        return previousEnd == 0 ? 0 : valueEnd;
    }
}
