using System.Text.Json.Nodes;

namespace LlmPlatform.TestKit.Providers.Answers;

/// <summary>What the model says, in no wire's words: what the script says it does with this request.</summary>
internal sealed record ModelAnswer(IReadOnlyList<AnswerPart> Parts, AnswerEnding Ending)
{
    private const int PiecesOfArguments = 3;

    public int Pieces => Parts.Sum(part => part.Pieces.Count);

    public bool Calls => Parts.Any(part => part.Kind == AnswerPartKind.ToolCall);

    /// <summary>The text, of all parts that are text.</summary>
    public string Text => WholeOf(AnswerPartKind.Text);

    public string WholeOf(AnswerPartKind kind) =>
        string.Concat(Parts.Where(part => part.Kind == kind).Select(part => part.Whole));

    public static ModelAnswer To(ModelRequest request, ProviderScript script)
    {
        var parts = new List<AnswerPart>();
        if ((request.ShowThoughts || script.ReasoningContent) && script.ThinkingChunks > 0)
            parts.Add(new AnswerPart(AnswerPartKind.Thought, Words("thought", script.ThinkingChunks)));
        if (script.Ending == AnswerEnding.Refusal)
            parts.Add(new AnswerPart(AnswerPartKind.Refusal, Words("sorry", script.Chunks)));
        else if (MakesCalls(request, script))
            parts.AddRange(CallsOf(request, script));
        else
            parts.Add(new AnswerPart(AnswerPartKind.Text, TextOf(request, script)));
        return new ModelAnswer(parts, script.Ending);
    }

    private static bool MakesCalls(ModelRequest request, ProviderScript script) =>
        request.Tools.Count > 0
        && !request.MustNotCall
        && script.ToolCalls > 0
        && (request.MustCall || request.ForcedTool is not null || !request.HoldsResults);

    private static IEnumerable<AnswerPart> CallsOf(ModelRequest request, ProviderScript script)
    {
        if (script.ChunksBeforeToolCalls > 0)
            yield return new AnswerPart(AnswerPartKind.Text, Words(script.Word, script.ChunksBeforeToolCalls));
        var callable = request.ForcedTool is null
            ? request.Tools
            : [.. request.Tools.Where(tool => tool.Name == request.ForcedTool)];
        for (var call = 0; call < (request.ParallelCalls ? script.ToolCalls : 1); call++)
        {
            var tool = callable[call % callable.Count];
            var argument = tool.IsFreeText ? "free text" : SchemaSample.For(tool.Schema).ToJsonString();
            yield return new AnswerPart(AnswerPartKind.ToolCall, Split(argument, PiecesOfArguments))
            {
                Tool = tool,
                CallIndex = call,
            };
        }
    }

    private static IReadOnlyList<string> TextOf(ModelRequest request, ProviderScript script)
    {
        if (request.Schema is { } schema)
            return Split(SchemaSample.For(schema).ToJsonString(), script.Chunks);
        return request.Json
            ? Split(
                new JsonObject { ["answer"] = string.Concat(Words(script.Word, script.Chunks)) }.ToJsonString(),
                script.Chunks)
            : Words(script.Word, script.Chunks);
    }

    private static IReadOnlyList<string> Words(string word, int count) =>
        [.. Enumerable.Range(0, count).Select(number => $"{word}{number} ")];

    private static IReadOnlyList<string> Split(string text, int pieces)
    {
        var length = Math.Max(1, (text.Length + pieces - 1) / pieces);
        return [.. text.Chunk(length).Select(piece => new string(piece))];
    }
}
