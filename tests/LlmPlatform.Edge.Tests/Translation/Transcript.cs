using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Translation;

/// <summary>
/// Writes down what a reader says, one line a call, and holds it to the rules of a sink: one start, parts one after the
/// other, nothing after an end.
/// </summary>
internal sealed class Transcript : IAnswerSink
{
    private readonly StringBuilder _lines = new();
    private readonly HashSet<int> _open = [];
    private readonly HashSet<int> _ended = [];
    private bool _started;
    private bool _failed;

    /// <summary>The last report of usage.</summary>
    public UsageReport? Usage { get; private set; }

    /// <summary>What was said since this was asked last.</summary>
    public string Take()
    {
        var said = _lines.ToString();
        _lines.Clear();
        return said;
    }

    public void Start(AnswerHead head)
    {
        Assert.False(_started);
        _started = true;
        Write($"start {head.Id} {head.Model}");
    }

    public void BeginPart(int choice, AnswerPart part)
    {
        Assert.True(_started && !_failed && !_ended.Contains(choice));
        Assert.True(_open.Add(choice), "A part begins before the one before it has ended.");
        Write($"{choice} {part.Kind} {part.ToolCallId} {part.ToolName}".TrimEnd());
    }

    public void Append(int choice, string text)
    {
        Assert.Contains(choice, _open);
        Write($"{choice} + {text}");
    }

    public void AppendLogprobs(int choice, JsonElement tokens)
    {
        Assert.Contains(choice, _open);
        Write($"{choice} logprobs {tokens.GetRawText()}");
    }

    public void Sign(int choice, ThoughtSignature signature)
    {
        Assert.Contains(choice, _open);
        Write($"{choice} signed {signature.Origin} {signature.Value}");
    }

    public void EndPart(int choice)
    {
        Assert.True(_open.Remove(choice));
        Write($"{choice} end");
    }

    public void EndChoice(int choice, StopReason reason, string? stopSequence)
    {
        Assert.DoesNotContain(choice, _open);
        Assert.True(_ended.Add(choice));
        Write($"{choice} {reason} {stopSequence}".TrimEnd());
    }

    public void Report(UsageReport usage) => Usage = usage;

    public void Fail(ProviderFault fault)
    {
        Assert.False(_failed);
        _failed = true;
        Write($"failed {fault.Kind} {fault.Code}".TrimEnd());
    }

    public void Complete() => Assert.Fail("Who drives a reader completes, not the reader.");

    private void Write(string line) => _lines.Append(line).Append('\n');
}
