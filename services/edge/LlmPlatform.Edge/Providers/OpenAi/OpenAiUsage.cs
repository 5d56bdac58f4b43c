using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Reads OpenAI's usage object into disjoint meters, in the words of chats or of responses. Its prompt count includes
/// cached and audio tokens, its completion count includes reasoning and audio: each is taken out of the sum it hides
/// in, so that nothing is priced twice.
/// </summary>
internal static class OpenAiUsage
{
    // No call of any model comes near it, and its cost at any price stays far from the end of 64 bits.
    private const long MostTokens = 100_000_000;

    /// <summary>Reads the object the reader stands on.</summary>
    /// <param name="reader">At the start of the usage object.</param>
    /// <param name="payload">What the reader reads, whole.</param>
    /// <returns>Null when it names no token: figures that come too early, or none that a call could have.</returns>
    public static UsageReport? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> payload)
    {
        var start = (int)reader.TokenStartIndex;
        var counts = default(Counts);
        ReadObject(ref reader, ref counts, Part.Whole);
        if (!counts.IsKnown)
        {
            return null;
        }

        var tokens = counts.ToUsage(out var isConsistent);
        return UsageReport.From(tokens, isConsistent, payload[start..(int)reader.BytesConsumed]);
    }

    private static void ReadObject(ref Utf8JsonReader reader, ref Counts counts, Part part)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var meter = MeterOf(in reader, part);
            var details = DetailsOf(in reader, part);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && details != Part.Whole)
            {
                ReadObject(ref reader, ref counts, details);
            }
            else if (reader.TokenType == JsonTokenType.Number && meter != Meter.None)
            {
                // Some servers write counts as 12.0.
                var isCount = reader.TryGetDecimal(out var value)
                    && value is >= 0 and <= MostTokens && decimal.IsInteger(value);
                counts.Set(meter, isCount ? (long)value : null);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static Part DetailsOf(in Utf8JsonReader reader, Part part) => part switch
    {
        Part.Whole => reader.ValueTextEquals("prompt_tokens_details"u8) ? Part.Prompt
            : reader.ValueTextEquals("completion_tokens_details"u8) ? Part.Completion
            : reader.ValueTextEquals("input_tokens_details"u8) ? Part.Prompt
            : reader.ValueTextEquals("output_tokens_details"u8) ? Part.Completion
            : reader.ValueTextEquals("server_tool_use"u8) ? Part.Tools
            : reader.ValueTextEquals("server_side_tool_usage_details"u8) ? Part.Tools
            : reader.ValueTextEquals("x_tools"u8) ? Part.NamedTools
            : reader.ValueTextEquals("plugins"u8) ? Part.NamedTools
            : Part.Whole,

        // DashScope, compatible: {"x_tools":{"web_search":{"count":1}}}; in its own words: {"plugins":{"search":…}}.
        Part.NamedTools => reader.ValueTextEquals("web_search"u8) ? Part.SearchTool
            : reader.ValueTextEquals("search"u8) ? Part.SearchTool
            : Part.Whole,
        _ => Part.Whole,
    };

    private static Meter MeterOf(in Utf8JsonReader reader, Part part) => part switch
    {
        Part.Prompt => reader.ValueTextEquals("cached_tokens"u8) ? Meter.Cached
            : reader.ValueTextEquals("audio_tokens"u8) ? Meter.AudioIn
            : reader.ValueTextEquals("cache_write_tokens"u8) ? Meter.CacheWrite
            : reader.ValueTextEquals("cache_creation_input_tokens"u8) ? Meter.CacheWrite
            : Meter.None,
        Part.Completion => reader.ValueTextEquals("reasoning_tokens"u8) ? Meter.Reasoning
            : reader.ValueTextEquals("audio_tokens"u8) ? Meter.AudioOut
            : Meter.None,

        // OpenRouter, in Anthropic's words, and xAI, whose two kinds cost the same; OpenAI counts beside its usage.
        Part.Tools => reader.ValueTextEquals("web_search_requests"u8) ? Meter.Searches
            : reader.ValueTextEquals("web_fetch_requests"u8) ? Meter.Fetches
            : reader.ValueTextEquals("web_search_calls"u8) ? Meter.Searches
            : reader.ValueTextEquals("x_search_calls"u8) ? Meter.Searches
            : Meter.None,
        Part.SearchTool => reader.ValueTextEquals("count"u8) ? Meter.Searches : Meter.None,
        Part.NamedTools => Meter.None,

        // DeepSeek and Moonshot name their cache reads at the top level, LiteLLM its cache writes.
        _ => reader.ValueTextEquals("prompt_tokens"u8) ? Meter.Prompt
            : reader.ValueTextEquals("completion_tokens"u8) ? Meter.Completion
            : reader.ValueTextEquals("total_tokens"u8) ? Meter.Total
            : reader.ValueTextEquals("input_tokens"u8) ? Meter.Prompt
            : reader.ValueTextEquals("output_tokens"u8) ? Meter.Completion
            : reader.ValueTextEquals("prompt_cache_hit_tokens"u8) ? Meter.Cached
            : reader.ValueTextEquals("prompt_cache_miss_tokens"u8) ? Meter.Missed
            : reader.ValueTextEquals("cached_tokens"u8) ? Meter.Cached
            : reader.ValueTextEquals("cache_creation_input_tokens"u8) ? Meter.CacheWrite
            : reader.ValueTextEquals("num_search_queries"u8) ? Meter.Searches
            : reader.ValueTextEquals("citation_tokens"u8) ? Meter.Citations
            : reader.ValueTextEquals("reasoning_tokens"u8) ? Meter.ReasoningBeside
            : Meter.None,
    };

    private enum Part
    {
        Whole,
        Prompt,
        Completion,
        Tools,
        NamedTools,
        SearchTool,
    }

    private enum Meter
    {
        None,
        Prompt,
        Completion,
        Total,
        Cached,
        Missed,
        CacheWrite,
        Reasoning,
        AudioIn,
        AudioOut,
        Searches,
        Fetches,
        Citations,
        ReasoningBeside,
    }

    private struct Counts
    {
        private long _prompt;
        private long _completion;
        private long _total;
        private long _cached;
        private long? _missed;
        private long _cacheWrite;
        private long _reasoning;
        private long _audioIn;
        private long _audioOut;
        private long _searches;
        private long _fetches;
        private long? _citations;
        private long _reasoningBeside;
        private bool _isAbsurd;

        public bool IsKnown { get; private set; }

        /// <summary>Takes a figure; null for one that counts nothing, such as a negative one.</summary>
        public void Set(Meter meter, long? figure)
        {
            var value = figure ?? 0;
            _isAbsurd |= figure is null;
            IsKnown |= value > 0
                && meter is not (Meter.Searches or Meter.Fetches or Meter.Citations or Meter.ReasoningBeside);
            switch (meter)
            {
                case Meter.Prompt: _prompt = value; break;
                case Meter.Completion: _completion = value; break;
                case Meter.Total: _total = value; break;
                case Meter.Cached: _cached = value; break;
                case Meter.Missed: _missed = value; break;
                case Meter.CacheWrite: _cacheWrite = value; break;
                case Meter.Reasoning: _reasoning = value; break;
                case Meter.AudioIn: _audioIn = value; break;
                case Meter.AudioOut: _audioOut = value; break;
                case Meter.Searches: _searches += value; break;
                case Meter.Fetches: _fetches = value; break;
                case Meter.Citations: _citations = value; break;
                case Meter.ReasoningBeside: _reasoningBeside = value; break;
            }
        }

        // Perplexity counts what it read, at the price of input, and what it thought beside all sums, total included.
        public readonly TokenUsage ToUsage(out bool isConsistent)
        {
            var usage = OfSums(out isConsistent);
            return _citations is { } citations
                ? usage with
                {
                    InputUncached = usage.InputUncached + citations,
                    OutputReasoning = usage.OutputReasoning + _reasoningBeside,
                }
                : usage;
        }

        private readonly TokenUsage OfSums(out bool isConsistent)
        {
            // xAI counts reasoning beside the completion; only the total tells.
            var isBeside = _reasoning > 0 && _total == _prompt + _completion + _reasoning;
            var completion = isBeside ? _completion + _reasoning : _completion;
            var uncached = _prompt - _cached - _cacheWrite - _audioIn;
            var text = completion - _reasoning - _audioOut;
            isConsistent = !_isAbsurd && uncached >= 0 && text >= 0
                && (_total == 0 || _total == _prompt + completion)
                && (_missed is null || _missed + _cached == _prompt);

            // Contradictory figures are priced conservatively: whole sums at the plain price, no share of them cheaper.
            return isConsistent
                ? new TokenUsage
                {
                    InputUncached = uncached,
                    CacheRead = _cached,
                    CacheWrite5m = _cacheWrite,
                    AudioIn = _audioIn,
                    OutputText = text,
                    OutputReasoning = _reasoning,
                    AudioOut = _audioOut,
                    WebSearches = _searches,
                    WebFetches = _fetches,
                }
                : new TokenUsage
                {
                    InputUncached = Math.Max(_prompt, _cached + _cacheWrite + _audioIn),
                    OutputText = Math.Max(Math.Max(_completion, _reasoning + _audioOut), _total - _prompt),
                    WebSearches = _searches,
                    WebFetches = _fetches,
                };
        }
    }
}
