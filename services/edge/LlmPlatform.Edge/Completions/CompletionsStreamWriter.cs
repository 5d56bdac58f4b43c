using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Completions;

/// <summary>
/// Writes an answer as the chunks of a text completion. There is no place in them for thoughts; a refusal's words are
/// its text.
/// </summary>
internal sealed class CompletionsStreamWriter(ChatEnvelope envelope) : AnswerStreamWriter
{
    private readonly Utf8JsonWriter _json = ChatWords.NewWriter();
    private readonly Dictionary<int, AnswerPartKind> _parts = [];
    private readonly Dictionary<int, int> _offsets = [];
    private UsageReport? _usage;
    private bool _failed;

    /// <inheritdoc />
    public override void Start(AnswerHead head) => envelope.Take(head);

    /// <inheritdoc />
    public override void BeginPart(int choice, AnswerPart part) => _parts[choice] = part.Kind;

    /// <inheritdoc />
    public override void Append(int choice, string text)
    {
        if (_parts[choice] is AnswerPartKind.Text or AnswerPartKind.Refusal)
        {
            OpenChoice(choice, text);
            _json.WriteNull("logprobs");
            CloseChoice(finishReason: null);
        }
    }

    /// <inheritdoc />
    public override void AppendLogprobs(int choice, JsonElement tokens)
    {
        OpenChoice(choice, "");
        _offsets[choice] = CompletionsWords.WriteLogprobs(
            _json, [.. tokens.EnumerateArray()], _offsets.GetValueOrDefault(choice));
        CloseChoice(finishReason: null);
    }

    /// <inheritdoc />
    public override void Sign(int choice, ThoughtSignature signature)
    {
    }

    /// <inheritdoc />
    public override void EndPart(int choice)
    {
    }

    /// <inheritdoc />
    public override void EndChoice(int choice, StopReason reason, string? stopSequence = null)
    {
        OpenChoice(choice, "");
        _json.WriteNull("logprobs");
        CloseChoice(CompletionsWords.FinishReasonOf(reason));
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

    private void OpenChunk()
    {
        Output.Write("data: "u8);
        _json.Reset(Output);
        envelope.WriteStart(_json, CompletionsWords.Kind);
        _json.WriteStartArray("choices");
    }

    private void OpenChoice(int choice, string text)
    {
        OpenChunk();
        _json.WriteStartObject();
        _json.WriteString("text", text);
        _json.WriteNumber("index", choice);
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
}
