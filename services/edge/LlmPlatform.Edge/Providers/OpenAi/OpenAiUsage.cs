using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>
/// Reads OpenAI's usage object into disjoint meters. Its prompt count includes cached and audio tokens, its completion count
/// includes reasoning and audio: each is taken out of the sum it hides in, so that nothing is priced twice.
/// </summary>
internal static class OpenAiUsage
{
    /// <summary>Reads the object the reader stands on.</summary>
    /// <param name="reader">At the start of the usage object.</param>
    /// <param name="isConsistent">False when the provider's own figures contradict each other.</param>
    public static TokenUsage Read(ref Utf8JsonReader reader, out bool isConsistent)
    {
        var counts = default(Counts);
        ReadObject(ref reader, ref counts, depth: 0);
        return counts.ToUsage(out isConsistent);
    }

    private static void ReadObject(ref Utf8JsonReader reader, ref Counts counts, int depth)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ref var target = ref Target(ref reader, ref counts, depth);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && depth == 0)
            {
                ReadObject(ref reader, ref counts, depth + 1);
            }
            else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0)
            {
                target = value;
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // A member is told by its name alone: the two detail objects share only audio_tokens, and which of them is being read is
    // kept in the counts.
    private static ref long Target(ref Utf8JsonReader reader, ref Counts counts, int depth)
    {
        if (depth == 0)
        {
            counts.InCompletion = reader.ValueTextEquals("completion_tokens_details"u8);
            if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                return ref counts.Prompt;
            }

            if (reader.ValueTextEquals("completion_tokens"u8))
            {
                return ref counts.Completion;
            }

            if (reader.ValueTextEquals("total_tokens"u8))
            {
                return ref counts.Total;
            }

            // DeepSeek names its cache reads at the top level.
            if (reader.ValueTextEquals("prompt_cache_hit_tokens"u8))
            {
                return ref counts.Cached;
            }
        }
        else if (reader.ValueTextEquals("cached_tokens"u8))
        {
            return ref counts.Cached;
        }
        else if (reader.ValueTextEquals("cache_write_tokens"u8))
        {
            return ref counts.CacheWrite;
        }
        else if (reader.ValueTextEquals("reasoning_tokens"u8))
        {
            return ref counts.Reasoning;
        }
        else if (reader.ValueTextEquals("audio_tokens"u8))
        {
            return ref counts.InCompletion ? ref counts.AudioOut : ref counts.AudioIn;
        }

        return ref counts.Ignored;
    }

    private struct Counts
    {
        public long Prompt;
        public long Completion;
        public long Total;
        public long Cached;
        public long CacheWrite;
        public long Reasoning;
        public long AudioIn;
        public long AudioOut;
        public long Ignored;
        public bool InCompletion;

        public readonly TokenUsage ToUsage(out bool isConsistent)
        {
            var uncached = Prompt - Cached - CacheWrite - AudioIn;
            var text = Completion - Reasoning - AudioOut;
            isConsistent = uncached >= 0 && text >= 0 && (Total == 0 || Total == Prompt + Completion);

            // Contradictory figures are priced conservatively: whole sums at the plain price, no share of them cheaper.
            return isConsistent
                ? new TokenUsage
                {
                    InputUncached = uncached,
                    CacheRead = Cached,
                    CacheWrite5m = CacheWrite,
                    AudioIn = AudioIn,
                    OutputText = text,
                    OutputReasoning = Reasoning,
                    AudioOut = AudioOut,
                }
                : new TokenUsage
                {
                    InputUncached = Math.Max(Prompt, Cached + CacheWrite + AudioIn),
                    OutputText = Math.Max(Math.Max(Completion, Reasoning + AudioOut), Total - Prompt),
                };
        }
    }
}
