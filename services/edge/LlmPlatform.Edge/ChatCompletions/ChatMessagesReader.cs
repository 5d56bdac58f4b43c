using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>Reads the messages of a chat: instructions apart, results of tools together.</summary>
internal sealed class ChatMessagesReader
{
    private readonly List<ContentPart> _instructions = [];
    private readonly List<Turn> _turns = [];

    // Of the turn of results that the next message may go on with.
    private List<ContentPart>? _results;

    // Calls in the older way have a name and no id: the result answers the last call of its name.
    private Dictionary<string, string>? _callsByName;

    private ChatMessagesReader()
    {
    }

    /// <summary>What system and developer messages say.</summary>
    public IReadOnlyList<ContentPart> Instructions => _instructions;

    /// <summary>What was said.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Reads them.</summary>
    public static ChatMessagesReader Read(RequestObject body)
    {
        var conversation = new ChatMessagesReader();
        foreach (var message in body.Objects("messages"))
        {
            conversation.Read(message, message.RequiredText("role"));
        }

        return conversation;
    }

    private void Read(RequestObject message, string role)
    {
        switch (role)
        {
            case "system" or "developer":
                _instructions.AddRange(ChatPartReader.ReadText(message));
                break;
            case "user":
                Add(TurnRole.User, ChatPartReader.ReadContent(message), message);
                break;
            case "assistant":
                Add(TurnRole.Assistant, ReadAssistant(message), message);
                break;
            case "tool":
                AddResult(message, message.RequiredText("tool_call_id"));
                break;
            case "function":
                AddResult(message, IdOfLegacyCall(message));
                break;
            default:
                throw message.Fault("role", "must be system, developer, user, assistant or tool");
        }
    }

    private void Add(TurnRole role, List<ContentPart> parts, RequestObject message)
    {
        _results = null;
        if (parts.Count > 0)
        {
            _turns.Add(new Turn(role, parts) { Name = message.Text("name") });
        }
    }

    private void AddResult(RequestObject message, string id)
    {
        if (_results is null)
        {
            _results = [];
            _turns.Add(new Turn(TurnRole.Tool, _results));
        }

        _results.Add(new ContentPart.ToolResult(id, ChatPartReader.ReadContent(message))
        {
            Cache = ChatPartReader.ReadCache(message),
        });
    }

    // Thoughts first, then what was said, then the calls: the order in which a model makes them.
    private List<ContentPart> ReadAssistant(RequestObject message)
    {
        if (message.Has("audio"))
        {
            throw message.Fault("audio", "names an earlier answer in sound, which only OpenAI's own chat API knows");
        }

        var parts = new List<ContentPart>();
        ReadThoughts(message, parts);
        if (message.Has("content"))
        {
            // Models answer with no words at all when they call tools; no provider takes an empty text back.
            var said = ChatPartReader.ReadContent(message);
            parts.AddRange(said.Where(part => part is not ContentPart.Text { Value: "" }));
        }

        if (message.Text("refusal") is { Length: > 0 } refusal)
        {
            parts.Add(new ContentPart.Refusal(refusal));
        }

        foreach (var call in message.Objects("tool_calls"))
        {
            parts.Add(ReadCall(call));
        }

        if (message.Object("function_call") is { } legacy)
        {
            parts.Add(ReadLegacyCall(legacy));
        }

        return parts;
    }

    // Blocks carry the signature with which a provider knows its own thoughts again; the bare text is the fallback.
    private static void ReadThoughts(RequestObject message, List<ContentPart> parts)
    {
        var blocks = message.Objects("thinking_blocks");
        foreach (var block in blocks)
        {
            parts.Add(block.Text("type") == "redacted_thinking"
                ? new ContentPart.Thinking("")
                {
                    IsRedacted = true,
                    Signature = ThoughtSignature.Parse(block.RequiredText("data"), SignatureOrigins.Anthropic),
                }
                : new ContentPart.Thinking(block.RequiredText("thinking"))
                {
                    Signature = block.Text("signature") is { Length: > 0 } signature
                        ? ThoughtSignature.Parse(signature, SignatureOrigins.Anthropic)
                        : null,
                });
        }

        if (blocks.Count == 0
            && (message.Text("reasoning_content") ?? message.Text("reasoning")) is { Length: > 0 } thought)
        {
            parts.Add(new ContentPart.Thinking(thought));
        }
    }

    private static ContentPart.ToolCall ReadCall(RequestObject call)
    {
        if (call.Text("type") is not (null or "function"))
        {
            throw call.Fault("type", "must be function: other kinds of calls cannot be translated for this model");
        }

        var function = call.RequiredObject("function");
        return new ContentPart.ToolCall(
            call.RequiredText("id"), function.RequiredText("name"), ReadArguments(function))
        {
            Signature = ReadSignature(call),
        };
    }

    // Google's own place for it, and the one that callers of other gateways know.
    private static ThoughtSignature? ReadSignature(RequestObject call)
    {
        var signature = call.Object("extra_content")?.Object("google")?.Text("thought_signature")
            ?? call.Object("provider_specific_fields")?.Text("thought_signature");
        return signature is null ? null : ThoughtSignature.Parse(signature, SignatureOrigins.Gemini);
    }

    private ContentPart.ToolCall ReadLegacyCall(RequestObject call)
    {
        var name = call.RequiredText("name");
        _callsByName ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var id = $"call_function_{_turns.Count}";
        _callsByName[name] = id;
        return new ContentPart.ToolCall(id, name, ReadArguments(call));
    }

    private string IdOfLegacyCall(RequestObject result)
    {
        var name = result.RequiredText("name");
        return _callsByName?.GetValueOrDefault(name)
            ?? throw result.Fault("name", "names no function that was called before");
    }

    private static string ReadArguments(RequestObject function) =>
        function.Text("arguments") is { } text && !string.IsNullOrWhiteSpace(text) ? text : "{}";
}
