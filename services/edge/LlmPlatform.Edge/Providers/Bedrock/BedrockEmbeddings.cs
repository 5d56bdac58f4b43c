using System.Buffers;
using System.Text;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Embeddings, which Converse does not make: <c>invoke</c> takes them in the words of the model's maker, Amazon (Titan)
/// or Cohere.
/// </summary>
internal static class BedrockEmbeddings
{
    private const int MostCohereTexts = 96;
    private const long MostTokens = 100_000_000;

    /// <summary>Writes a request.</summary>
    /// <exception cref="TranslationException">The model has no words for it.</exception>
    public static void Write(EmbeddingRequest request, string model, BedrockVendor vendor, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        switch (vendor)
        {
            case BedrockVendor.Amazon:
                WriteTitan(request, model, json);
                break;
            case BedrockVendor.Cohere:
                WriteCohere(request, model, json);
                break;
            default:
                throw new TranslationException(
                    "Embeddings on Bedrock are made by Amazon's and Cohere's embedding models; this is neither.",
                    "model");
        }

        json.WriteEndObject();
    }

    /// <summary>Reads an answer; null when it is none.</summary>
    public static EmbeddingAnswer? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            using var json = JsonDocument.ParseValue(ref reader);
            return ReadTitan(json.RootElement) ?? ReadCohere(json.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void WriteTitan(EmbeddingRequest request, string model, Utf8JsonWriter json)
    {
        if (request.Inputs.Count != 1)
        {
            throw new TranslationException("Titan embeds one text in a request; send each on its own.", "input");
        }

        json.WriteString("inputText", request.Inputs[0]);
        WriteDimensions(json, "dimensions", request, model, fixedIn: "embed-text-v1");
    }

    private static void WriteCohere(EmbeddingRequest request, string model, Utf8JsonWriter json)
    {
        if (request.Inputs.Count > MostCohereTexts)
        {
            throw new TranslationException($"Cohere embeds at most {MostCohereTexts} texts in a request.", "input");
        }

        json.WriteStartArray("texts");
        foreach (var input in request.Inputs)
        {
            json.WriteStringValue(input);
        }

        json.WriteEndArray();

        // Callers of our protocols do not say what their vectors are for; this is what is stored and searched.
        json.WriteString("input_type", "search_document");
        json.WriteStartArray("embedding_types");
        json.WriteStringValue("float");
        json.WriteEndArray();
        WriteDimensions(json, "output_dimension", request, model, fixedIn: "-v3");
    }

    private static void WriteDimensions(
        Utf8JsonWriter json, string name, EmbeddingRequest request, string model, string fixedIn)
    {
        if (request.Dimensions is not { } dimensions)
        {
            return;
        }

        if (model.Contains(fixedIn, StringComparison.Ordinal))
        {
            throw new TranslationException(
                "This model's vectors have one length; leave 'dimensions' out.", "dimensions");
        }

        json.WriteNumber(name, dimensions);
    }

    // {"embedding":[…],"embeddingsByType":{…},"inputTextTokenCount":5}
    private static EmbeddingAnswer? ReadTitan(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("embedding", out var vector))
        {
            return null;
        }

        UsageReport? usage = null;
        if (answer.TryGetProperty("inputTextTokenCount", out var count)
            && count.TryGetInt64(out var tokens)
            && tokens is >= 0 and <= MostTokens)
        {
            var raw = Encoding.UTF8.GetBytes($$"""{"inputTextTokenCount":{{tokens}}}""");
            usage = UsageReport.From(new TokenUsage { InputUncached = tokens }, isConsistent: true, raw);
        }

        return new EmbeddingAnswer([Floats(vector)], usage, Model: null);
    }

    // {"embeddings":[[…],…]}, or {"embeddings":{"float":[[…],…]}} where types were asked for. Its tokens are told in
    // a header only.
    private static EmbeddingAnswer? ReadCohere(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("embeddings", out var vectors))
        {
            return null;
        }

        if (vectors.ValueKind == JsonValueKind.Object && !vectors.TryGetProperty("float", out vectors))
        {
            return null;
        }

        return new EmbeddingAnswer([.. vectors.EnumerateArray().Select(Floats)], Usage: null, Model: null);
    }

    private static ReadOnlyMemory<float> Floats(JsonElement vector)
    {
        var floats = new float[vector.GetArrayLength()];
        var at = 0;
        foreach (var number in vector.EnumerateArray())
        {
            floats[at++] = number.GetSingle();
        }

        return floats;
    }
}
