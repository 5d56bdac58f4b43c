using System.Text.Json;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// What a request lets its provider look up on the web, which is charged beside the tokens: as often as it names, and
/// once for a tool that names no number.
/// </summary>
/// <param name="Searches">Searches of the web.</param>
/// <param name="Fetches">Pages fetched.</param>
internal readonly record struct WebUses(long Searches, long Fetches)
{
    // More than any call makes, and its fees stay far from the end of 64 bits.
    private const long Most = 1_000_000;

    /// <summary>One search, of a tool that names no number.</summary>
    public static WebUses Search { get; } = new(1, 0);

    /// <summary>The uses that a list of tools allows; the reader stands on it and ends with it.</summary>
    /// <exception cref="InvalidOperationException">A text in it is not valid Unicode.</exception>
    public static WebUses In(ref Utf8JsonReader reader)
    {
        var uses = default(WebUses);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return uses;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                uses = uses.And(OfTool(ref reader));
            }
            else
            {
                reader.Skip();
            }
        }

        return uses;
    }

    /// <summary>The same where the request bounds the uses of all its tools together.</summary>
    public WebUses Within(long? most) => most is not { } bound || Searches + Fetches == 0
        ? this
        : new WebUses(Searches > 0 ? Bounded(bound) : 0, Fetches > 0 ? Bounded(bound) : 0);

    private WebUses And(WebUses other) =>
        new(Math.Min(Most, Searches + other.Searches), Math.Min(Most, Fetches + other.Fetches));

    private static WebUses OfTool(ref Utf8JsonReader reader)
    {
        var (isSearch, isFetch, uses) = (false, false, 1L);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isBound) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("max_uses"u8));
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                var type = reader.GetString()!;
                isSearch = type.StartsWith("web_search", StringComparison.Ordinal);
                isFetch = type.StartsWith("web_fetch", StringComparison.Ordinal);
            }
            else if (isBound && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var bound))
            {
                uses = Bounded(bound);
            }

            reader.Skip();
        }

        return new WebUses(isSearch ? uses : 0, isFetch ? uses : 0);
    }

    private static long Bounded(long uses) => Math.Clamp(uses, 0, Most);
}
