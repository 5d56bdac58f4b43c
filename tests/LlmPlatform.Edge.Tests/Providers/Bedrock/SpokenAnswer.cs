using System.Globalization;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

/// <summary>
/// Writes down what a reader says, one line for each thing, and fails a test whose reader breaks the sink's rules.
/// Pieces of one part are joined: where a stream was cut makes no difference to a listener.
/// </summary>
internal sealed class SpokenAnswer : IAnswerSink
{
    private readonly List<string> _lines = [];
    private bool _hasStarted;
    private bool _isInPart;
    private bool _hasEnded;
    private bool _hasFailed;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>How many pieces came, before they were joined.</summary>
    public int Pieces { get; private set; }

    public UsageReport? Usage { get; private set; }

    public ProviderFault? Fault { get; private set; }

    public void Start(AnswerHead head)
    {
        Assert.False(_hasStarted);
        _hasStarted = true;
        _lines.Add("start");
    }

    public void BeginPart(int choice, AnswerPart part)
    {
        Assert.True(_hasStarted && !_isInPart && !_hasEnded && !_hasFailed);
        _isInPart = true;
        _lines.Add(part.Kind == AnswerPartKind.ToolCall
            ? $"{part.Kind} {part.ToolCallId} {part.ToolName}: "
            : $"{part.Kind}: ");
    }

    public void Append(int choice, string text)
    {
        Assert.True(_isInPart);
        Pieces++;
        _lines[^1] += text;
    }

    public void AppendLogprobs(int choice, JsonElement tokens) => Assert.Fail("Bedrock has none.");

    public void Sign(int choice, ThoughtSignature signature)
    {
        Assert.True(_isInPart);
        _lines[^1] += $" signed {signature.Origin} {signature.Value}";
    }

    public void EndPart(int choice)
    {
        Assert.True(_isInPart);
        _isInPart = false;
    }

    public void EndChoice(int choice, StopReason reason, string? stopSequence = null)
    {
        Assert.True(!_isInPart && !_hasEnded);
        _hasEnded = true;
        _lines.Add($"end {reason}{(stopSequence is null ? "" : $" at {stopSequence}")}");
    }

    public void Report(UsageReport usage)
    {
        Assert.False(_hasFailed);
        Usage = usage;
        _lines.Add(string.Create(
            CultureInfo.InvariantCulture, $"usage {usage.Tokens.TotalInput} {usage.Tokens.TotalOutput}"));
    }

    public void Fail(ProviderFault fault)
    {
        Assert.False(_hasFailed);
        _hasFailed = true;
        Fault = fault;
        _lines.Add($"fail {fault.Kind} {fault.Code}: {fault.Message}");
    }

    public void Complete() => Assert.Fail("A reader never completes.");
}
