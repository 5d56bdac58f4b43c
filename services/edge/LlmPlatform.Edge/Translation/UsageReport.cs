using System.Text;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Translation;

/// <summary>What a provider says was consumed.</summary>
/// <param name="Tokens">In disjoint meters.</param>
/// <param name="IsConsistent">False when its own figures contradict each other.</param>
/// <param name="Raw">Its own words, JSON, at most <see cref="MaxRawBytes"/>; null when longer.</param>
internal sealed record UsageReport(TokenUsage Tokens, bool IsConsistent, string? Raw = null)
{
    /// <summary>The longest usage object that is kept word for word, in bytes.</summary>
    public const int MaxRawBytes = 2048;

    private const int MaxWordBytes = 40;

    /// <summary>
    /// True for what is said before the answer, as Anthropic's streams do: the input is known, the output is not.
    /// </summary>
    public bool IsEarly { get; init; }

    /// <summary>What it served the call as, such as <c>priority</c>; null when it does not say.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Where it served the call, such as <c>us</c>; null when it does not say.</summary>
    public string? Region { get; init; }

    /// <summary>A report with the provider's own words beside it, as far as they are kept.</summary>
    public static UsageReport From(TokenUsage tokens, bool isConsistent, ReadOnlySpan<byte> raw) =>
        new(tokens, isConsistent, raw.Length <= MaxRawBytes ? Encoding.UTF8.GetString(raw) : null);

    /// <summary>
    /// The word the reader stands on, for a tier or a region; null for what is none: it ends in records and on bills.
    /// </summary>
    public static string? Word(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped
            && reader.ValueSpan is { Length: > 0 and <= MaxWordBytes } word
            && !word.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? Encoding.ASCII.GetString(word)
            : null;
}
