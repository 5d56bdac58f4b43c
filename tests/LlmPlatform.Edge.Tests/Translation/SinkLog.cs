using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Translation;

/// <summary>Writes down what a reader says, a line for each call; text that follows text joins its line.</summary>
internal sealed class SinkLog : IAnswerSink
{
    private readonly List<string> _lines = [];
    private bool _isText;

    public IReadOnlyList<string> Lines => _lines;

    public UsageReport? Usage { get; private set; }

    public ProviderFault? Fault { get; private set; }

    public void Start(AnswerHead head) => Say($"start {head.Id} {head.Model}");

    public void BeginPart(int choice, AnswerPart part) =>
        Say($"{choice} begin {part.Kind} {part.ToolCallId} {part.ToolName}".TrimEnd());

    public void Append(int choice, string text)
    {
        if (_isText)
        {
            _lines[^1] += text;
            return;
        }

        Say($"{choice} text {text}");
        _isText = true;
    }

    public void AppendLogprobs(int choice, JsonElement tokens) => Say($"{choice} logprobs {tokens.GetRawText()}");

    public void Sign(int choice, ThoughtSignature signature) =>
        Say($"{choice} sign {signature.Origin} {signature.Value}");

    public void EndPart(int choice) => Say($"{choice} end");

    public void EndChoice(int choice, StopReason reason, string? stopSequence = null) =>
        Say($"{choice} stop {reason} {stopSequence}".TrimEnd());

    public void Report(UsageReport usage) => Usage = usage;

    public void Fail(ProviderFault fault)
    {
        Fault = fault;
        Say($"fail {fault.Kind}");
    }

    public void Complete() => Say("complete");

    private void Say(string line)
    {
        _isText = false;
        _lines.Add(line);
    }
}
