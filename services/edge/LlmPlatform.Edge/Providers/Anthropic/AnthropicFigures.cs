using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>The figures of one usage object. Of each the last one that is there counts.</summary>
internal struct AnthropicFigures
{
    // No call of any model comes near it, and its cost at any price stays far from the end of 64 bits.
    private const long MostTokens = 100_000_000;

    private long? _input;
    private long? _cacheRead;
    private long? _cacheWrite;
    private long? _cacheWrite5m;
    private long? _cacheWrite1h;
    private long? _output;
    private long? _thinking;
    private long? _searches;
    private long? _fetches;
    private bool _isAbsurd;

    /// <summary>True once a token was named.</summary>
    public readonly bool IsKnown =>
        _input > 0 || _cacheRead > 0 || _cacheWrite > 0 || _cacheWrite5m > 0 || _cacheWrite1h > 0 || _output > 0;

    /// <summary>Takes the figure whose name the reader stands on.</summary>
    /// <returns>True when it was one; the reader then stands on its end.</returns>
    public bool Take(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("input_tokens"u8))
            return Set(ref _input, ref reader);
        if (reader.ValueTextEquals("output_tokens"u8))
            return Set(ref _output, ref reader);
        if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            return Set(ref _cacheRead, ref reader);
        if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            return Set(ref _cacheWrite, ref reader);
        if (reader.ValueTextEquals("cache_creation"u8))
            return ReadSplit(ref reader);
        if (reader.ValueTextEquals("server_tool_use"u8))
            return ReadTools(ref reader);
        return reader.ValueTextEquals("output_tokens_details"u8) && ReadDetails(ref reader);
    }

    /// <summary>The figures in disjoint meters.</summary>
    /// <param name="isConsistent">False when they contradict each other: the larger ones are then taken.</param>
    public readonly TokenUsage ToTokens(out bool isConsistent)
    {
        var (write5m, write1h, isSplitTrue) = CacheWrites();
        var output = _output ?? 0;
        var thinking = _thinking ?? 0;
        isConsistent = !_isAbsurd && isSplitTrue && thinking <= output;
        return new TokenUsage
        {
            InputUncached = _input ?? 0,
            CacheRead = _cacheRead ?? 0,
            CacheWrite5m = write5m,
            CacheWrite1h = write1h,
            OutputText = thinking <= output ? output - thinking : thinking,
            OutputReasoning = thinking <= output ? thinking : 0,
            WebSearches = _searches ?? 0,
            WebFetches = _fetches ?? 0,
        };
    }

    // Where the split and the sum contradict each other, the larger is billed, at the price of the longer time if any
    // of it was written for that.
    private readonly (long Write5m, long Write1h, bool IsTrue) CacheWrites()
    {
        if (_cacheWrite5m is null && _cacheWrite1h is null)
        {
            return (_cacheWrite ?? 0, 0, true);
        }

        var (write5m, write1h) = (_cacheWrite5m ?? 0, _cacheWrite1h ?? 0);
        var missing = _cacheWrite is { } sum ? sum - write5m - write1h : 0;
        var more = Math.Max(missing, 0);
        return write1h > 0 ? (write5m, write1h + more, missing == 0) : (write5m + more, 0, missing == 0);
    }

    private bool ReadSplit(ref Utf8JsonReader reader)
    {
        for (var isInside = Enters(ref reader); isInside && IsOnMember(ref reader);)
        {
            _ = reader.ValueTextEquals("ephemeral_5m_input_tokens"u8) ? Set(ref _cacheWrite5m, ref reader)
                : reader.ValueTextEquals("ephemeral_1h_input_tokens"u8) ? Set(ref _cacheWrite1h, ref reader)
                : SkipValue(ref reader);
        }

        return true;
    }

    private bool ReadTools(ref Utf8JsonReader reader)
    {
        for (var isInside = Enters(ref reader); isInside && IsOnMember(ref reader);)
        {
            _ = reader.ValueTextEquals("web_search_requests"u8) ? Set(ref _searches, ref reader)
                : reader.ValueTextEquals("web_fetch_requests"u8) ? Set(ref _fetches, ref reader)
                : SkipValue(ref reader);
        }

        return true;
    }

    private bool ReadDetails(ref Utf8JsonReader reader)
    {
        for (var isInside = Enters(ref reader); isInside && IsOnMember(ref reader);)
        {
            _ = reader.ValueTextEquals("thinking_tokens"u8)
                ? Set(ref _thinking, ref reader)
                : SkipValue(ref reader);
        }

        return true;
    }

    // What is no object says nothing.
    private static bool Enters(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            return true;
        reader.Skip();
        return false;
    }

    private static bool IsOnMember(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static bool SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return true;
    }

    // What is no number says nothing. Some servers write counts as 12.0.
    private bool Set(ref long? figure, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Number)
        {
            reader.Skip();
            return true;
        }

        var isCount = reader.TryGetDecimal(out var value)
            && value is >= 0 and <= MostTokens && decimal.IsInteger(value);
        _isAbsurd |= !isCount;
        figure = isCount ? (long)value : 0;
        return true;
    }
}
