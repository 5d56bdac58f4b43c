using System.Text;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Translation;

/// <summary>What a provider says was consumed.</summary>
/// <param name="Tokens">In disjoint meters.</param>
/// <param name="IsConsistent">False when its own figures contradict each other.</param>
/// <param name="Raw">Its own words, JSON, at most <see cref="MaxRawBytes"/>; null when longer.</param>
internal sealed record UsageReport(TokenUsage Tokens, bool IsConsistent, string? Raw = null)
{
    /// <summary>
    /// True for what is said before the answer, as Anthropic's streams do: the input is known, the output is not.
    /// </summary>
    public bool IsEarly { get; init; }

    /// <summary>The longest usage object that is kept word for word, in bytes.</summary>
    public const int MaxRawBytes = 2048;

    /// <summary>A report with the provider's own words beside it, as far as they are kept.</summary>
    public static UsageReport From(TokenUsage tokens, bool isConsistent, ReadOnlySpan<byte> raw) =>
        new(tokens, isConsistent, raw.Length <= MaxRawBytes ? Encoding.UTF8.GetString(raw) : null);
}
