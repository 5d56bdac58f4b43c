namespace LlmPlatform.Edge.Translation;

/// <summary>
/// A provider's signature on its own reasoning, which it wants back unchanged and which no other provider takes. In a
/// protocol that is not its maker's own it is written with its maker's name before it, so that it finds its way back:
/// <c>gemini#CpcH…</c>.
/// </summary>
/// <param name="Origin">Which wire made it: see <see cref="SignatureOrigins"/>.</param>
/// <param name="Value">As the provider gave it.</param>
internal sealed record ThoughtSignature(string Origin, string Value)
{
    private const char Mark = '#';

    /// <summary>Reads one as it stands in a protocol.</summary>
    /// <param name="text">With or without its maker's name.</param>
    /// <param name="nativeOrigin">Who makes those without a name in this protocol.</param>
    public static ThoughtSignature Parse(string text, string nativeOrigin)
    {
        var mark = text.IndexOf(Mark, StringComparison.Ordinal);
        var origin = mark > 0 ? SignatureOrigins.Known(text.AsSpan(0, mark)) : null;
        return origin is null
            ? new ThoughtSignature(nativeOrigin, text)
            : new ThoughtSignature(origin, text[(mark + 1)..]);
    }

    /// <summary>As it stands in a protocol whose unmarked signatures are <paramref name="nativeOrigin"/>'s.</summary>
    public string Format(string nativeOrigin) => Origin == nativeOrigin ? Value : $"{Origin}{Mark}{Value}";
}
