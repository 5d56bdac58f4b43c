using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// One choice of a chat answer as it comes in. Its parts are said one after the other: of those that come mixed, the
/// later one is kept back until the earlier one is over.
/// </summary>
/// <param name="index">Which choice, from 0.</param>
/// <param name="sink">Who is told.</param>
/// <param name="mintId">Makes an id for the call of a number.</param>
/// <param name="atMostOneCall">True when further calls are passed over: the caller takes one at a time.</param>
internal sealed class ChatChoice(int index, IAnswerSink sink, Func<int, string> mintId, bool atMostOneCall)
{
    // The first that has not ended is the one under way.
    private readonly List<ChatPart> _parts = [];
    private int _underWay;
    private StopReason? _reason;
    private string? _stopSequence;

    /// <summary>Finds thoughts in the text; null where there are none.</summary>
    public ThinkTags? Tags { get; init; }

    /// <summary>True once the provider said why it ended.</summary>
    public bool IsFinished => _reason is not null;

    /// <summary>Takes text of the answer, which may hold thoughts.</summary>
    public void TakeContent(string text, JsonElement? logprobs = null)
    {
        if (Tags is null || text.Length == 0)
        {
            TakeText(AnswerPartKind.Text, text, logprobs);
            return;
        }

        // The probabilities of thoughts are nobody's: they stand with the text that comes with them, if any does.
        Tags.Take(text, (kind, said) => TakeText(kind, said, kind == AnswerPartKind.Text ? logprobs : null));
    }

    /// <summary>Takes text, a thought, or words of a refusal.</summary>
    public void TakeText(AnswerPartKind kind, string text, JsonElement? logprobs = null)
    {
        if (text.Length == 0 && logprobs is null)
        {
            return;
        }

        var part = _parts.Count > 0 && _parts[^1].Kind == kind && !_parts[^1].HasEnded ? _parts[^1] : null;
        if (part is null)
        {
            part = new ChatPart(kind);
            _parts.Add(part);
        }

        Advance();
        part.Append(index, text, logprobs, sink);
    }

    /// <summary>Takes a piece of a tool call.</summary>
    /// <param name="number">Its place in the provider's list; null when it gives none.</param>
    /// <param name="id">Empty when the piece has none.</param>
    /// <param name="name">Empty when the piece has none.</param>
    /// <param name="arguments">A piece of their text.</param>
    /// <param name="signature">What the provider wants back with the call.</param>
    public void TakeCall(int? number, string id, string name, string arguments, ThoughtSignature? signature)
    {
        if (CallOf(number, id, name, arguments) is not { } call)
        {
            if (atMostOneCall && _parts.Exists(part => part.Kind == AnswerPartKind.ToolCall))
            {
                return;
            }

            call = new ChatPart(AnswerPartKind.ToolCall) { Number = number };
            _parts.Add(call);
        }

        call.Id ??= id.Length > 0 ? id : null;
        call.Name ??= name.Length > 0 ? name : null;
        call.Signature ??= signature;
        Advance();
        call.Append(index, arguments, null, sink);
        Advance();
    }

    /// <summary>Takes the provider's word why it ended; the last one counts.</summary>
    public void TakeEnd(StopReason reason, string? stopSequence)
    {
        _reason = reason;
        _stopSequence = stopSequence;
    }

    /// <summary>Says all that was kept back, and the end.</summary>
    public void End()
    {
        Tags?.End((kind, said) => TakeText(kind, said));
        for (; _underWay < _parts.Count; _underWay++)
        {
            var part = _parts[_underWay];
            BeginOnce(part);
            part.End(index, sink);
        }

        // Many servers call tools and say that they just stopped.
        var reason = _reason ?? StopReason.EndTurn;
        var calls = _parts.Exists(part => part.Kind == AnswerPartKind.ToolCall);
        sink.EndChoice(index, reason == StopReason.EndTurn && calls ? StopReason.ToolCalls : reason, _stopSequence);
    }

    private void Advance()
    {
        for (; _underWay < _parts.Count; _underWay++)
        {
            var part = _parts[_underWay];
            if (part.CanBegin)
            {
                BeginOnce(part);
            }

            if (_underWay == _parts.Count - 1 || !part.HasBegun || !part.IsOver)
            {
                return;
            }

            part.End(index, sink);
        }
    }

    private void BeginOnce(ChatPart part)
    {
        if (!part.HasBegun)
        {
            part.Begin(index, part.Kind == AnswerPartKind.ToolCall ? mintId(_underWay) : "", sink);
        }
    }

    // Some servers number no call, and some give every call the same number: then the id tells them apart, or a name
    // where the last call needs nothing more.
    private ChatPart? CallOf(int? number, string id, string name, string arguments)
    {
        var last = _parts.FindLast(part => part.Kind == AnswerPartKind.ToolCall
            && (number is null ? id.Length == 0 || part.Id == id : part.Number == number));
        if (last is null)
        {
            return null;
        }

        var isAnother = id.Length > 0
            ? last.Id is not null && last.Id != id
            : name.Length > 0 && last.Name is not null && (number is null || (last.IsOver && arguments.Length > 0));
        return isAnother ? null : last;
    }
}
