using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// Reads Gemini's <c>usageMetadata</c> into disjoint meters. Its prompt count includes what was read from a cache, the
/// results of tools it ran itself stand beside it, and each sum has its audio share in a list by modality. Whether the
/// candidates' count includes the thoughts differs by model and endpoint: the total decides.
/// </summary>
internal static class GeminiUsage
{
    // No call of any model comes near it, and its cost at any price stays far from the end of 64 bits.
    private const long MostTokens = 100_000_000;

    /// <summary>Reads the object the reader stands on.</summary>
    /// <param name="reader">At the start of the usage object.</param>
    /// <param name="isConsistent">False when Google's own figures contradict each other.</param>
    /// <returns>Null when it names no token, as the first chunks of Vertex AI do.</returns>
    public static TokenUsage? Read(ref Utf8JsonReader reader, out bool isConsistent)
    {
        var counts = default(GeminiTokenCounts);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var meter = MeterOf(in reader);
            reader.Read();
            switch (meter)
            {
                case Meter.Prompt: counts.Prompt = Count(ref reader, ref counts); break;
                case Meter.Cached: counts.Cached = Count(ref reader, ref counts); break;
                case Meter.ToolUse: counts.ToolUse = Count(ref reader, ref counts); break;
                case Meter.Candidates: counts.Candidates = Count(ref reader, ref counts); break;
                case Meter.Thoughts: counts.Thoughts = Count(ref reader, ref counts); break;
                case Meter.Total: counts.Total = Count(ref reader, ref counts); break;
                case Meter.PromptDetails: counts.PromptAudio = Shares(ref reader, ref counts).Audio; break;
                case Meter.CacheDetails: counts.CachedAudio = Shares(ref reader, ref counts).Audio; break;
                case Meter.ToolUseDetails: counts.ToolUseAudio = Shares(ref reader, ref counts).Audio; break;
                case Meter.CandidatesDetails:
                    (counts.CandidatesAudio, counts.CandidatesImage) = Shares(ref reader, ref counts);
                    break;
                default: reader.Skip(); break;
            }
        }

        isConsistent = true;
        return counts.IsNothing ? null : counts.ToUsage(out isConsistent);
    }

    // A count that counts nothing, such as a negative one, makes all of them doubtful.
    private static long Count(ref Utf8JsonReader reader, ref GeminiTokenCounts counts)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return 0;
        }

        if (reader.TokenType != JsonTokenType.Number
            || !reader.TryGetDecimal(out var value)
            || value is < 0 or > MostTokens
            || !decimal.IsInteger(value))
        {
            reader.Skip();
            counts.IsAbsurd = true;
            return 0;
        }

        return (long)value;
    }

    // [{"modality":"AUDIO","tokenCount":12},…]: audio has a price of its own, and pictures that are made.
    private static (long Audio, long Image) Shares(ref Utf8JsonReader reader, ref GeminiTokenCounts counts)
    {
        var (audio, image) = (0L, 0L);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return (audio, image);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                var (kind, count) = ShareOf(ref reader, ref counts);
                audio += kind == Modality.Audio ? count : 0;
                image += kind == Modality.Image ? count : 0;
            }
            else
            {
                reader.Skip();
            }
        }

        counts.IsAbsurd |= audio > MostTokens || image > MostTokens;
        return (Math.Min(audio, MostTokens), Math.Min(image, MostTokens));
    }

    private static (Modality Kind, long Count) ShareOf(ref Utf8JsonReader reader, ref GeminiTokenCounts counts)
    {
        var kind = Modality.Other;
        var count = 0L;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isModality = reader.ValueTextEquals("modality"u8);
            var isCount = reader.ValueTextEquals("tokenCount"u8);
            reader.Read();
            if (isModality && reader.TokenType == JsonTokenType.String)
            {
                kind = reader.ValueTextEquals("AUDIO"u8) ? Modality.Audio
                    : reader.ValueTextEquals("IMAGE"u8) ? Modality.Image
                    : Modality.Other;
            }
            else if (isCount)
            {
                count = Count(ref reader, ref counts);
            }
            else
            {
                reader.Skip();
            }
        }

        return (kind, count);
    }

    private static Meter MeterOf(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("promptTokenCount"u8) ? Meter.Prompt
        : reader.ValueTextEquals("cachedContentTokenCount"u8) ? Meter.Cached
        : reader.ValueTextEquals("toolUsePromptTokenCount"u8) ? Meter.ToolUse
        : reader.ValueTextEquals("candidatesTokenCount"u8) ? Meter.Candidates
        : reader.ValueTextEquals("thoughtsTokenCount"u8) ? Meter.Thoughts
        : reader.ValueTextEquals("totalTokenCount"u8) ? Meter.Total
        : reader.ValueTextEquals("promptTokensDetails"u8) ? Meter.PromptDetails
        : reader.ValueTextEquals("cacheTokensDetails"u8) ? Meter.CacheDetails
        : reader.ValueTextEquals("toolUsePromptTokensDetails"u8) ? Meter.ToolUseDetails
        : reader.ValueTextEquals("candidatesTokensDetails"u8) ? Meter.CandidatesDetails
        : Meter.None;

    private enum Modality
    {
        Other,
        Audio,
        Image,
    }

    private enum Meter
    {
        None,
        Prompt,
        Cached,
        ToolUse,
        Candidates,
        Thoughts,
        Total,
        PromptDetails,
        CacheDetails,
        ToolUseDetails,
        CandidatesDetails,
    }
}
