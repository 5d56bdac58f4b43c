namespace LlmPlatform.TestKit.Providers.Answers;

internal enum AnswerPartKind
{
    Thought,
    Text,
    Refusal,
    ToolCall,
}

/// <summary>A part of an answer, cut into the pieces that a stream sends.</summary>
internal sealed record AnswerPart(AnswerPartKind Kind, IReadOnlyList<string> Pieces)
{
    /// <summary>The tool called.</summary>
    public OfferedTool? Tool { get; init; }

    /// <summary>Which call of the answer it is, from 0.</summary>
    public int CallIndex { get; init; }

    /// <summary>The whole text: of a call, its arguments.</summary>
    public string Whole => string.Concat(Pieces);
}
