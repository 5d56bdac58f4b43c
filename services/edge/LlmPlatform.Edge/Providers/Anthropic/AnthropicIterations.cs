using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>
/// The list of samplings that a call of the beta took. The top-level figures are those of the answer's own: shortening
/// the conversation on the way (<c>compaction</c>) and asking a stronger model (<c>advisor_message</c>) are billed and
/// stand nowhere else.
/// </summary>
/// <remarks>
/// Source: Anthropic's reference of <c>usage.iterations</c>, its pages on compaction and on the advisor tool, November
/// 2026. An advisor bills at its own model's price; here it is charged at that of the model that was called.
/// </remarks>
internal sealed class AnthropicIterations
{
    private TokenUsage _own = TokenUsage.None;
    private TokenUsage _beside = TokenUsage.None;

    /// <summary>False when the figures of one of them contradict each other.</summary>
    public bool IsConsistent { get; private set; } = true;

    /// <summary>True when one of them named a token.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Reads the list the reader stands on.</summary>
    public static AnthropicIterations Read(ref Utf8JsonReader reader)
    {
        var iterations = new AnthropicIterations();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                iterations.ReadOne(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return iterations;
    }

    /// <summary>
    /// All that was consumed. Where the samplings of the answer come to more than its own figures say, as they may when
    /// one model took over from another, the larger counts.
    /// </summary>
    /// <param name="answer">The top-level figures.</param>
    public TokenUsage CompletedBy(TokenUsage answer) => Sum(
        answer with
        {
            InputUncached = answer.InputUncached + Math.Max(0, _own.TotalInput - answer.TotalInput),
            OutputText = answer.OutputText + Math.Max(0, _own.TotalOutput - answer.TotalOutput),
        },
        _beside);

    private void ReadOne(ref Utf8JsonReader reader)
    {
        var figures = default(AnthropicFigures);
        var isBeside = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (figures.Take(ref reader))
            {
                continue;
            }

            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            isBeside |= isType && reader.TokenType == JsonTokenType.String
                && (reader.ValueTextEquals("compaction"u8) || reader.ValueTextEquals("advisor_message"u8));
            reader.Skip();
        }

        var tokens = figures.ToTokens(out var isConsistent);
        IsConsistent &= isConsistent;
        IsKnown |= figures.IsKnown;
        if (isBeside)
        {
            _beside = Sum(_beside, tokens);
        }
        else
        {
            _own = Sum(_own, tokens);
        }
    }

    private static TokenUsage Sum(TokenUsage one, TokenUsage other) => one with
    {
        InputUncached = one.InputUncached + other.InputUncached,
        CacheRead = one.CacheRead + other.CacheRead,
        CacheWrite5m = one.CacheWrite5m + other.CacheWrite5m,
        CacheWrite1h = one.CacheWrite1h + other.CacheWrite1h,
        OutputText = one.OutputText + other.OutputText,
        OutputReasoning = one.OutputReasoning + other.OutputReasoning,
    };
}
