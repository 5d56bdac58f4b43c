using System.Text.Json;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// How often a response searched the web, which is charged by the search. OpenAI counts it in <c>tool_usage</c>, beside
/// the usage; where that is missing, as with providers that speak the same and older versions, its items show it.
/// </summary>
internal static class ResponsesSearches
{
    // More than any response makes: what is beyond is no count.
    private const long Most = 1_000_000;

    /// <summary>
    /// Reads <c>{"web_search":{"num_requests":2},…}</c>, which the reader stands on; null: it does not say.
    /// </summary>
    public static long? CountedIn(ref Utf8JsonReader reader)
    {
        long? counted = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return counted;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSearch = reader.ValueTextEquals("web_search"u8) || reader.ValueTextEquals("num_requests"u8);
            reader.Read();
            if (isSearch && reader.TokenType == JsonTokenType.StartObject)
            {
                counted = CountedIn(ref reader);
            }
            else if (isSearch && reader.TokenType == JsonTokenType.Number)
            {
                counted = reader.TryGetInt64(out var count) && count is >= 0 and <= Most ? count : counted;
            }
            else
            {
                reader.Skip();
            }
        }

        return counted;
    }

    /// <summary>Counts the searches among the items of the output, which the reader stands on.</summary>
    public static long ShownIn(ref Utf8JsonReader reader)
    {
        var searches = 0L;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                searches += IsSearch(ref reader) ? 1 : 0;
            }
            else
            {
                reader.Skip();
            }
        }

        return searches;
    }

    // To open a page that was found, or to look for something in it, is a call of the same tool and no search.
    private static bool IsSearch(ref Utf8JsonReader reader)
    {
        var (isCall, searches) = (false, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isType, isAction) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("action"u8));
            reader.Read();
            if (isAction && reader.TokenType == JsonTokenType.StartObject)
            {
                searches = Has(ref reader, "search"u8);
                continue;
            }

            isCall |= isType && IsText(in reader, "web_search_call"u8);
            reader.Skip();
        }

        return isCall && searches;
    }

    private static bool Has(ref Utf8JsonReader reader, ReadOnlySpan<byte> type)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            found |= isType && IsText(in reader, type);
            reader.Skip();
        }

        return found;
    }

    private static bool IsText(in Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text);
}
