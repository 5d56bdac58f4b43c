using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>One part of a choice as it comes in: said at once while it is the one under way, else kept.</summary>
internal sealed class ChatPart(AnswerPartKind kind)
{
    private StringBuilder? _kept;
    private List<JsonElement>? _keptLogprobs;
    private ArgumentsExtent _arguments;
    private bool _hasText;

    /// <summary>What kind it is.</summary>
    public AnswerPartKind Kind { get; } = kind;

    /// <summary>Of a tool call: its number in the provider's list; null when it gives none.</summary>
    public int? Number { get; init; }

    /// <summary>Of a tool call: its id; null as long as none was sent.</summary>
    public string? Id { get; set; }

    /// <summary>Of a tool call: its tool; null as long as none was sent.</summary>
    public string? Name { get; set; }

    /// <summary>What the provider wants back with it.</summary>
    public ThoughtSignature? Signature { get; set; }

    /// <summary>True once its beginning was said.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True once its end was said.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>A call cannot be told of before its tool is known.</summary>
    public bool CanBegin => Kind != AnswerPartKind.ToolCall || Name is not null;

    /// <summary>
    /// Whether it is over once another part has begun: of calls, pieces may come mixed, and the next one waits until
    /// this one's arguments are whole.
    /// </summary>
    public bool IsOver => Kind != AnswerPartKind.ToolCall || _arguments.IsWhole;

    /// <summary>Takes more of it, and says it where it has begun.</summary>
    public void Append(int choice, string text, JsonElement? logprobs, IAnswerSink sink)
    {
        if (HasEnded)
        {
            // Only blanks come after whole arguments.
            return;
        }

        _arguments.Read(Kind == AnswerPartKind.ToolCall ? text : "");
        _hasText |= text.Length > 0;
        if (!HasBegun)
        {
            (_kept ??= new StringBuilder()).Append(text);
            if (logprobs is { } kept)
            {
                (_keptLogprobs ??= []).Add(kept.Clone());
            }

            return;
        }

        if (text.Length > 0)
        {
            sink.Append(choice, text);
        }

        if (logprobs is { } tokens)
        {
            sink.AppendLogprobs(choice, tokens);
        }
    }

    /// <summary>Says its beginning and what was kept.</summary>
    public void Begin(int choice, string mintedId, IAnswerSink sink)
    {
        HasBegun = true;
        sink.BeginPart(choice, Kind switch
        {
            AnswerPartKind.ToolCall => AnswerPart.ToolCall(Id ?? mintedId, Name ?? ""),
            AnswerPartKind.Thinking => AnswerPart.Thinking,
            AnswerPartKind.Refusal => AnswerPart.Refusal,
            _ => AnswerPart.Text,
        });
        if (Signature is { } signature)
        {
            sink.Sign(choice, signature);
        }

        if (_kept is { Length: > 0 } kept)
        {
            sink.Append(choice, kept.ToString());
        }

        foreach (var tokens in _keptLogprobs ?? [])
        {
            sink.AppendLogprobs(choice, tokens);
        }

        _kept = null;
        _keptLogprobs = null;
    }

    /// <summary>Says its end.</summary>
    public void End(int choice, IAnswerSink sink)
    {
        HasEnded = true;
        if (Kind == AnswerPartKind.ToolCall && !_hasText)
        {
            sink.Append(choice, "{}");
        }

        sink.EndPart(choice);
    }
}
