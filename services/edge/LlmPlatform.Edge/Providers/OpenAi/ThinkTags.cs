using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Tells thoughts from the answer where a model writes both into one text, the thoughts first and between
/// <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>, as distilled models do behind a server that was not told to part
/// them. Only a text that begins with the tag has thoughts: anywhere else it is a word.
/// </summary>
internal sealed class ThinkTags
{
    private const string Opening = "<think>";
    private const string Closing = "</think>";

    private State _state;
    private string _held = "";

    /// <summary>Takes the next piece of the text, and says what of it is known to be which.</summary>
    public void Take(string text, Action<AnswerPartKind, string> say)
    {
        _held += text;
        if (_state == State.Before)
        {
            Open();
        }

        SkipLineEnds(from: State.Opened, to: State.Within);
        if (_state == State.Within)
        {
            Think(say);
        }

        SkipLineEnds(from: State.Closed, to: State.After);

        if (_state == State.After)
        {
            Say(AnswerPartKind.Text, _held.Length, say);
        }
    }

    /// <summary>The text is over: says what was kept back because it might have become a tag.</summary>
    public void End(Action<AnswerPartKind, string> say) =>
        Say(_state == State.Within ? AnswerPartKind.Thinking : AnswerPartKind.Text, _held.Length, say);

    private void Open()
    {
        var begun = _held.TrimStart();
        if (begun.StartsWith(Opening, StringComparison.Ordinal))
        {
            _state = State.Opened;
            _held = begun[Opening.Length..];
        }
        else if (!Opening.StartsWith(begun, StringComparison.Ordinal))
        {
            _state = State.After;
        }
    }

    // The line ends behind a tag belong to it.
    private void SkipLineEnds(State from, State to)
    {
        if (_state == from)
        {
            _held = _held.TrimStart('\r', '\n');
            _state = _held.Length > 0 ? to : from;
        }
    }

    private void Think(Action<AnswerPartKind, string> say)
    {
        var end = _held.IndexOf(Closing, StringComparison.Ordinal);
        if (end >= 0)
        {
            Say(AnswerPartKind.Thinking, end, say);
            _held = _held[Closing.Length..];
            _state = State.Closed;
            return;
        }

        // The end of what came may be the beginning of the tag.
        var kept = Math.Min(Closing.Length - 1, _held.Length);
        while (!_held.EndsWith(Closing[..kept], StringComparison.Ordinal))
        {
            kept--;
        }

        Say(AnswerPartKind.Thinking, _held.Length - kept, say);
    }

    private void Say(AnswerPartKind kind, int length, Action<AnswerPartKind, string> say)
    {
        if (length > 0)
        {
            say(kind, _held[..length]);
            _held = _held[length..];
        }
    }

    private enum State
    {
        /// <summary>Nothing but blanks, or the beginning of the first tag, has come.</summary>
        Before,

        /// <summary>The first tag has come, and only line ends behind it.</summary>
        Opened,

        /// <summary>It thinks.</summary>
        Within,

        /// <summary>The second tag has come, and only line ends behind it.</summary>
        Closed,

        /// <summary>It answers.</summary>
        After,
    }
}
