using System.Buffers;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.ChatCompletions;

/// <summary>
/// Writes an answer as OpenAI's chunks: the role first, then deltas, the finish of each choice, the usage where it was
/// asked for, and <c>[DONE]</c>. Thoughts are <c>reasoning_content</c>, and <c>thinking_blocks</c> where signed.
/// </summary>
/// <param name="envelope">What every chunk says.</param>
/// <param name="usesFunctions">True when the caller reads calls in the older way only.</param>
internal sealed class ChatStreamWriter(ChatEnvelope envelope, bool usesFunctions) : AnswerStreamWriter
{
    private readonly Utf8JsonWriter _json = ChatWords.NewWriter();
    private readonly List<Choice> _choices = [];
    private UsageReport? _usage;
    private bool _failed;

    /// <inheritdoc />
    public override void Start(AnswerHead head) => envelope.Take(head);

    /// <inheritdoc />
    public override void BeginPart(int choice, AnswerPart part)
    {
        var state = ChoiceAt(choice);
        state.Part = part;
        state.Signature = null;
        state.Thought.Clear();
        if (part.Kind == AnswerPartKind.ToolCall)
        {
            // Its first chunk names it, and callers look for its signature there: it waits for what comes next.
            state.Tools++;
            state.HasPendingCall = true;
            state.HasArguments = false;
        }
        else
        {
            WriteRole(choice, state);
        }
    }

    /// <inheritdoc />
    public override void Append(int choice, string text)
    {
        var state = ChoiceAt(choice);
        if (state.Part.Kind == AnswerPartKind.ToolCall)
        {
            WritePendingCall(choice, state);
            WriteArguments(choice, state, text);
            state.HasArguments = true;
            return;
        }

        if (state.Part.Kind == AnswerPartKind.Thinking)
        {
            state.Thought.Append(text);
        }

        OpenDelta(choice);
        _json.WriteString(MemberOf(state.Part.Kind), text);
        CloseDelta();
    }

    /// <inheritdoc />
    public override void AppendLogprobs(int choice, JsonElement tokens)
    {
        var state = ChoiceAt(choice);
        var isRefusal = state.Part.Kind == AnswerPartKind.Refusal;
        OpenDelta(choice);
        _json.WriteString(MemberOf(state.Part.Kind), "");
        _json.WriteEndObject();
        _json.WriteStartObject("logprobs");
        WriteLogprobs("content", isRefusal ? null : tokens);
        WriteLogprobs("refusal", isRefusal ? tokens : null);
        _json.WriteEndObject();
        CloseChoice(finishReason: null);
    }

    /// <inheritdoc />
    public override void Sign(int choice, ThoughtSignature signature)
    {
        var state = ChoiceAt(choice);
        state.Signature = signature;
        if (state.Part.Kind == AnswerPartKind.ToolCall && !state.HasPendingCall)
        {
            WriteLateSignature(choice, state, signature);
        }
        else
        {
            WritePendingCall(choice, state);
        }
    }

    /// <inheritdoc />
    public override void EndPart(int choice)
    {
        var state = ChoiceAt(choice);
        WritePendingCall(choice, state);
        if (state.Part.Kind == AnswerPartKind.ToolCall && !state.HasArguments)
        {
            WriteArguments(choice, state, "{}");
        }

        var isRedacted = state.Part.Kind == AnswerPartKind.RedactedThinking;
        if (state.Signature is null || (state.Part.Kind != AnswerPartKind.Thinking && !isRedacted))
        {
            return;
        }

        OpenDelta(choice);
        _json.WriteStartArray("thinking_blocks");
        ChatWords.WriteThinkingBlock(
            _json, state.Thought.ToString(), state.Signature, isRedacted, state.ThinkingBlocks++);
        _json.WriteEndArray();
        CloseDelta();
    }

    /// <inheritdoc />
    public override void EndChoice(int choice, StopReason reason, string? stopSequence = null)
    {
        WriteRole(choice, ChoiceAt(choice));
        OpenDelta(choice);
        CloseDelta(ChatWords.FinishReasonOf(reason, usesFunctions));
    }

    /// <inheritdoc />
    public override void Report(UsageReport usage) => _usage = usage;

    /// <inheritdoc />
    public override void Fail(ProviderFault fault) => EndWithError(GatewayError.Of(fault, envelope.AskedModel));

    /// <inheritdoc />
    public override void EndWithError(GatewayError error)
    {
        _failed = true;
        OpenAiErrors.WriteEvent(error, Output);
    }

    /// <inheritdoc />
    public override void Complete()
    {
        if (_failed)
        {
            return;
        }

        if (envelope.ShowUsage && _usage is { } usage)
        {
            OpenChunk();
            _json.WriteEndArray();
            ChatWords.WriteUsage(_json, usage);
            CloseChunk();
        }

        Output.Write("data: [DONE]\n\n"u8);
    }

    private static string MemberOf(AnswerPartKind kind) => kind switch
    {
        AnswerPartKind.Thinking or AnswerPartKind.RedactedThinking => "reasoning_content",
        AnswerPartKind.Refusal => "refusal",
        _ => "content",
    };

    private Choice ChoiceAt(int index)
    {
        while (_choices.Count <= index)
        {
            _choices.Add(new Choice());
        }

        return _choices[index];
    }

    private void WriteRole(int choice, Choice state)
    {
        if (!state.HasRole)
        {
            OpenDelta(choice);
            WriteRoleMembers(state, content: "");
            CloseDelta();
        }
    }

    private void WriteRoleMembers(Choice state, string? content)
    {
        state.HasRole = true;
        _json.WriteString("role", "assistant");
        _json.WriteString("content", content);
        _json.WriteNull("refusal");
    }

    private void WritePendingCall(int choice, Choice state)
    {
        if (!state.HasPendingCall)
        {
            return;
        }

        state.HasPendingCall = false;
        OpenDelta(choice);
        if (!state.HasRole)
        {
            WriteRoleMembers(state, content: null);
        }

        OpenCall(state);
        if (!usesFunctions)
        {
            _json.WriteString("id", state.Part.ToolCallId);
            _json.WriteString("type", "function");
            _json.WriteStartObject("function");
        }

        _json.WriteString("name", state.Part.ToolName);
        _json.WriteString("arguments", "");
        if (!usesFunctions)
        {
            _json.WriteEndObject();
            if (state.Signature is { } signature)
            {
                ChatWords.WriteCallSignature(_json, signature);
            }
        }

        CloseCall();
        CloseDelta();
    }

    private void WriteArguments(int choice, Choice state, string text)
    {
        OpenDelta(choice);
        OpenCall(state);
        if (usesFunctions)
        {
            _json.WriteString("arguments", text);
        }
        else
        {
            _json.WriteStartObject("function");
            _json.WriteString("arguments", text);
            _json.WriteEndObject();
        }

        CloseCall();
        CloseDelta();
    }

    private void WriteLateSignature(int choice, Choice state, ThoughtSignature signature)
    {
        if (usesFunctions)
        {
            return;
        }

        OpenDelta(choice);
        OpenCall(state);
        ChatWords.WriteCallSignature(_json, signature);
        CloseCall();
        CloseDelta();
    }

    // Calls are counted from 0 among themselves, whatever else was said between them.
    private void OpenCall(Choice state)
    {
        if (usesFunctions)
        {
            _json.WriteStartObject("function_call");
            return;
        }

        _json.WriteStartArray("tool_calls");
        _json.WriteStartObject();
        _json.WriteNumber("index", state.Tools - 1);
    }

    private void CloseCall()
    {
        _json.WriteEndObject();
        if (!usesFunctions)
        {
            _json.WriteEndArray();
        }
    }

    private void WriteLogprobs(string member, JsonElement? tokens)
    {
        if (tokens is not { } array)
        {
            _json.WriteNull(member);
            return;
        }

        _json.WritePropertyName(member);
        array.WriteTo(_json);
    }

    private void OpenChunk()
    {
        Output.Write("data: "u8);
        _json.Reset(Output);
        envelope.WriteStart(_json, "chat.completion.chunk");
        _json.WriteStartArray("choices");
    }

    private void OpenDelta(int choice)
    {
        OpenChunk();
        _json.WriteStartObject();
        _json.WriteNumber("index", choice);
        _json.WriteStartObject("delta");
    }

    private void CloseDelta(string? finishReason = null)
    {
        _json.WriteEndObject();
        _json.WriteNull("logprobs");
        CloseChoice(finishReason);
    }

    private void CloseChoice(string? finishReason)
    {
        _json.WriteString("finish_reason", finishReason);
        _json.WriteEndObject();
        _json.WriteEndArray();
        if (envelope.ShowUsage)
        {
            _json.WriteNull("usage");
        }

        CloseChunk();
    }

    private void CloseChunk()
    {
        _json.WriteEndObject();
        _json.Flush();
        Output.Write("\n\n"u8);
    }

    /// <summary>How far one choice has come.</summary>
    private sealed class Choice
    {
        public AnswerPart Part;
        public ThoughtSignature? Signature;
        public bool HasRole;
        public bool HasPendingCall;
        public bool HasArguments;
        public int Tools;
        public int ThinkingBlocks;

        /// <summary>The thought under way, to be said once more beside its signature.</summary>
        public StringBuilder Thought { get; } = new();
    }
}
