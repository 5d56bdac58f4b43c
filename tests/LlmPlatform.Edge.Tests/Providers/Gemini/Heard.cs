using System.Runtime.CompilerServices;
using System.Text;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Tests.Providers.Gemini;

/// <summary>What a reader says of an answer that Gemini gave, in words.</summary>
internal static class Heard
{
    /// <summary>An answer of the golden ones, or of those only these tests need.</summary>
    public static string Fixture(string name, [CallerFilePath] string here = "")
    {
        var golden = Path.Combine(Path.GetDirectoryName(here)!, "../../Golden/upstream/gemini", name);
        return File.ReadAllText(
            File.Exists(golden) ? golden : Path.Combine(Path.GetDirectoryName(here)!, "Answers", name));
    }

    public static string Whole(string answer, GenerationRequest? request = null)
    {
        var gathered = new Answer();
        var reader = new GeminiReader(request ?? Written.Saying("?"), gathered);
        return reader.ReadWhole(Encoding.UTF8.GetBytes(answer)) ? Say(gathered) : "no answer";
    }

    /// <summary>Reads a stream that arrives in pieces.</summary>
    /// <param name="stream">All of it.</param>
    /// <param name="pieceEnds">Where pieces end.</param>
    /// <param name="request">What was asked.</param>
    public static string Streamed(byte[] stream, IEnumerable<int> pieceEnds, GenerationRequest? request = null)
    {
        var gathered = new Answer();
        var reader = new GeminiReader(request ?? Written.Saying("?"), gathered);
        using var framing = new ServerSentEventFraming();
        var begin = 0;
        var isOver = false;
        foreach (var end in pieceEnds.Append(stream.Length))
        {
            var ended = end == stream.Length;
            while (!isOver && framing.TryRead(stream.AsSpan(begin..end), ended, out var streamEvent))
            {
                begin += streamEvent.Whole.Length;
                isOver = reader.Read(in streamEvent);
            }
        }

        return isOver || reader.End() ? Say(gathered) : Say(gathered) + "\ncut off";
    }

    public static string Streamed(string stream, GenerationRequest? request = null) =>
        Streamed(Encoding.UTF8.GetBytes(stream), [], request);

    private static string Say(Answer answer)
    {
        var said = new StringBuilder($"{answer.Head.Id} {answer.Head.Model}");
        foreach (var choice in answer.Choices)
        {
            foreach (var part in choice.Parts)
            {
                said.Append('\n').Append(Say(part));
            }

            foreach (var token in choice.Logprobs)
            {
                said.Append("\nlogprob ").Append(token.GetRawText());
            }

            said.Append('\n').Append(choice.StopReason);
        }

        if (answer.Usage is { } usage)
        {
            var tokens = usage.Tokens;
            said.Append($"\nin {tokens.InputUncached} out {tokens.OutputText} thought {tokens.OutputReasoning}");
            said.Append(usage.IsConsistent ? "" : " inconsistent");
        }

        if (answer.Fault is { } fault)
        {
            said.Append($"\n{fault.Kind}: {fault.Message}");
        }

        return said.ToString();
    }

    private static string Say(ContentPart part) => part switch
    {
        ContentPart.Text text => $"text {text.Value}",
        ContentPart.Thinking { IsRedacted: true } thought => $"redacted {thought.Signature?.Value}",
        ContentPart.Thinking thought => $"thought {thought.Value} / {thought.Signature?.Value}",
        ContentPart.ToolCall call => $"call {call.Id} {call.Name} {call.Arguments} / {call.Signature?.Value}",
        ContentPart.Refusal refusal => $"refusal {refusal.Value}",
        _ => part.ToString(),
    };
}
