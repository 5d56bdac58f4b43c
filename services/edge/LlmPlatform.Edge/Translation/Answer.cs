using System.Text;
using System.Text.Json;

namespace LlmPlatform.Edge.Translation;

/// <summary>A whole answer, gathered from what a reader says; what a public API writes its document from.</summary>
internal sealed class Answer : IAnswerSink
{
    private readonly List<AnswerChoice> _choices = [];

    /// <summary>Its beginning; without id and model before one was read.</summary>
    public AnswerHead Head { get; private set; } = new(null, null);

    /// <summary>The choices, the first one first.</summary>
    public IReadOnlyList<AnswerChoice> Choices => _choices;

    /// <summary>What was consumed; null when the provider did not say.</summary>
    public UsageReport? Usage { get; private set; }

    /// <summary>Set when the provider failed.</summary>
    public ProviderFault? Fault { get; private set; }

    /// <inheritdoc />
    public void Start(AnswerHead head) => Head = head;

    /// <inheritdoc />
    public void BeginPart(int choice, AnswerPart part) => Choice(choice).Begin(part);

    /// <inheritdoc />
    public void Append(int choice, string text) => Choice(choice).Append(text);

    /// <inheritdoc />
    public void AppendLogprobs(int choice, JsonElement tokens) => Choice(choice).AppendLogprobs(tokens);

    /// <inheritdoc />
    public void Sign(int choice, ThoughtSignature signature) => Choice(choice).Sign(signature);

    /// <inheritdoc />
    public void EndPart(int choice) => Choice(choice).EndPart();

    /// <inheritdoc />
    public void EndChoice(int choice, StopReason reason, string? stopSequence = null) =>
        Choice(choice).End(reason, stopSequence);

    /// <inheritdoc />
    public void Report(UsageReport usage) => Usage = usage;

    /// <inheritdoc />
    public void Fail(ProviderFault fault) => Fault = fault;

    /// <inheritdoc />
    public void Complete()
    {
    }

    private AnswerChoice Choice(int index)
    {
        while (_choices.Count <= index)
        {
            _choices.Add(new AnswerChoice());
        }

        return _choices[index];
    }
}

/// <summary>One choice of a whole answer.</summary>
internal sealed class AnswerChoice
{
    private readonly List<ContentPart> _parts = [];
    private readonly List<JsonElement> _logprobs = [];
    private readonly StringBuilder _text = new();
    private AnswerPart _open;
    private ThoughtSignature? _signature;

    /// <summary>Text, thoughts, tool calls and refusals, in order.</summary>
    public IReadOnlyList<ContentPart> Parts => _parts;

    /// <summary>The probabilities of the text's tokens, each in OpenAI's shape; empty when not asked for.</summary>
    public IReadOnlyList<JsonElement> Logprobs => _logprobs;

    /// <summary>Why it ended.</summary>
    public StopReason StopReason { get; private set; } = StopReason.EndTurn;

    /// <summary>The text that ended it, where the provider says.</summary>
    public string? StopSequence { get; private set; }

    internal void Begin(AnswerPart part) => _open = part;

    internal void Append(string text) => _text.Append(text);

    internal void AppendLogprobs(JsonElement tokens) =>
        _logprobs.AddRange(tokens.EnumerateArray().Select(token => token.Clone()));

    internal void Sign(ThoughtSignature signature) => _signature = signature;

    internal void EndPart()
    {
        var text = _text.ToString();
        _parts.Add(_open.Kind switch
        {
            AnswerPartKind.Thinking => new ContentPart.Thinking(text) { Signature = _signature },
            AnswerPartKind.RedactedThinking =>
                new ContentPart.Thinking("") { Signature = _signature, IsRedacted = true },
            AnswerPartKind.ToolCall => new ContentPart.ToolCall(
                _open.ToolCallId!, _open.ToolName!, string.IsNullOrWhiteSpace(text) ? "{}" : text)
            {
                Signature = _signature,
            },
            AnswerPartKind.Refusal => new ContentPart.Refusal(text),
            _ => new ContentPart.Text(text),
        });
        _text.Clear();
        _signature = null;
    }

    internal void End(StopReason reason, string? stopSequence)
    {
        StopReason = reason;
        StopSequence = stopSequence;
    }
}
