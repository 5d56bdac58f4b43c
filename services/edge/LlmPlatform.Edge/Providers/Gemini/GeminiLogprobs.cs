using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>Turns the probabilities of Gemini's tokens into OpenAI's objects.</summary>
internal static class GeminiLogprobs
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The tokens of <c>logprobsResult</c>, each with the alternatives to it; null when there are none.
    /// </summary>
    public static JsonElement? ToOpenAi(JsonElement result)
    {
        if (GeminiJson.List(result, "chosenCandidates"u8) is not { } chosen || chosen.GetArrayLength() == 0)
        {
            return null;
        }

        var alternatives = GeminiJson.List(result, "topCandidates"u8);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartArray();
            var position = 0;
            foreach (var token in chosen.EnumerateArray())
            {
                writer.WriteStartObject();
                WriteToken(writer, token);
                writer.WriteStartArray("top_logprobs"u8);
                if (alternatives is { } steps && position < steps.GetArrayLength()
                    && GeminiJson.List(steps[position], "candidates"u8) is { } candidates)
                {
                    foreach (var candidate in candidates.EnumerateArray())
                    {
                        writer.WriteStartObject();
                        WriteToken(writer, candidate);
                        writer.WriteEndObject();
                    }
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
                position++;
            }

            writer.WriteEndArray();
        }

        using var document = JsonDocument.Parse(output.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void WriteToken(Utf8JsonWriter writer, JsonElement token)
    {
        var text = GeminiJson.Text(token, "token"u8) ?? "";
        writer.WriteString("token"u8, text);
        writer.WritePropertyName("logprob"u8);
        if (GeminiJson.Number(token, "logProbability"u8) is { } logprob)
        {
            logprob.WriteTo(writer);
        }
        else
        {
            writer.WriteNumberValue(0);
        }

        writer.WriteStartArray("bytes"u8);
        foreach (var part in Encoding.UTF8.GetBytes(text))
        {
            writer.WriteNumberValue(part);
        }

        writer.WriteEndArray();
    }
}
