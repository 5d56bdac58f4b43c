using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Reads Converse's usage into disjoint meters. Its input leaves out what was read from and written to a cache, its
/// total has both; thoughts are within its output and not told apart.
/// </summary>
internal static class ConverseUsage
{
    // No call of any model comes near it, and its cost at any price stays far from the end of 64 bits.
    private const long MostTokens = 100_000_000;

    /// <summary>Reads the object the reader stands on, and leaves the reader at its end.</summary>
    /// <param name="reader">At the start of the usage object.</param>
    /// <param name="json">What the reader reads, from which the object is kept in its own words.</param>
    /// <returns>
    /// Null when it has no figure. Zeros are a figure: a guardrail that steps in before the model costs no token.
    /// </returns>
    public static UsageReport? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        var counts = default(Counts);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("inputTokens"u8))
            {
                counts.Input = counts.Count(ref reader);
            }
            else if (reader.ValueTextEquals("outputTokens"u8))
            {
                counts.Output = counts.Count(ref reader);
            }
            else if (reader.ValueTextEquals("totalTokens"u8))
            {
                counts.Total = counts.Count(ref reader);
            }
            else if (reader.ValueTextEquals("cacheReadInputTokens"u8))
            {
                counts.CacheRead = counts.Count(ref reader);
            }
            else if (reader.ValueTextEquals("cacheWriteInputTokens"u8))
            {
                counts.CacheWrite = counts.Count(ref reader);
            }
            else if (reader.ValueTextEquals("cacheDetails"u8))
            {
                reader.Read();
                ReadCacheDetails(ref reader, ref counts);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        var raw = json[start..(int)reader.BytesConsumed];
        return counts.IsSaid ? counts.ToReport(raw) : null;
    }

    // [{"ttl":"1h","inputTokens":100},{"ttl":"5m","inputTokens":20}]
    private static void ReadCacheDetails(ref Utf8JsonReader reader, ref Counts counts)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            var isHour = false;
            var tokens = 0L;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("inputTokens"u8))
                {
                    tokens = counts.Count(ref reader);
                    continue;
                }

                var isTtl = reader.ValueTextEquals("ttl"u8);
                reader.Read();
                isHour |= isTtl && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("1h"u8);
                reader.Skip();
            }

            counts.CacheWrite1h += isHour ? tokens : 0;
            counts.CacheWriteTold += tokens;
        }
    }

    private struct Counts
    {
        private bool _isAbsurd;

        public bool IsSaid { get; private set; }

        public long Input { get; set; }

        public long Output { get; set; }

        public long Total { get; set; }

        public long CacheRead { get; set; }

        public long CacheWrite { get; set; }

        public long CacheWrite1h { get; set; }

        /// <summary>The sum of the writes told apart by how long they are kept.</summary>
        public long CacheWriteTold { get; set; }

        // A count that counts nothing, such as a negative one, makes all of them doubtful.
        public long Count(ref Utf8JsonReader reader)
        {
            reader.Read();
            IsSaid |= reader.TokenType != JsonTokenType.Null;
            if (reader.TokenType == JsonTokenType.Number
                && reader.TryGetDecimal(out var value)
                && value is >= 0 and <= MostTokens
                && decimal.IsInteger(value))
            {
                return (long)value;
            }

            _isAbsurd |= reader.TokenType != JsonTokenType.Null;
            reader.Skip();
            return 0;
        }

        public readonly UsageReport ToReport(ReadOnlySpan<byte> raw)
        {
            var isConsistent = !_isAbsurd
                && (Total == 0 || Total == Input + Output + CacheRead + CacheWrite)
                && (CacheWriteTold == 0 || CacheWriteTold == CacheWrite)
                && CacheWrite1h <= CacheWrite;

            // Contradictory figures are priced conservatively: whole sums at the plain price, no share of them cheaper.
            var tokens = isConsistent
                ? new TokenUsage
                {
                    InputUncached = Input,
                    CacheRead = CacheRead,
                    CacheWrite5m = CacheWrite - CacheWrite1h,
                    CacheWrite1h = CacheWrite1h,
                    OutputText = Output,
                }
                : new TokenUsage
                {
                    InputUncached = Math.Max(Input + CacheRead + Math.Max(CacheWrite, CacheWriteTold), Total - Output),
                    OutputText = Output,
                };
            return UsageReport.From(tokens, isConsistent, raw);
        }
    }
}
