using System.Runtime.InteropServices;
using System.Text.Json;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>Gemini's own API. Its key travels in a header, never in an address, since addresses end in logs.</summary>
internal sealed class GeminiAdapter(RoutedProvider provider, Secret? credential)
    : GenerateContentAdapter(provider, credential)
{
    private readonly string _address = VersionedAddress(provider.BaseUrl!, "v1beta");

    /// <inheritdoc />
    protected override string EmbeddingMethod => "batchEmbedContents";

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (Credential is { } key)
        {
            request.Headers.TryAddWithoutValidation("x-goog-api-key", key.Reveal());
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    protected override Uri AddressOf(GeminiModel model, string method) =>
        new($"{_address}/{InPath(PathOf(model))}:{method}");

    /// <inheritdoc />
    protected override void WriteCounted(Utf8JsonWriter writer, GenerationRequest request, GeminiModel model)
    {
        writer.WriteStartObject("generateContentRequest"u8);
        writer.WriteString("model"u8, PathOf(model));
        GeminiRequest.WriteInput(writer, request, model);
        writer.WriteEndObject();
    }

    /// <inheritdoc />
    protected override void WriteEmbedded(Utf8JsonWriter writer, EmbeddingRequest request, GeminiModel model)
    {
        writer.WriteStartArray("requests"u8);
        foreach (var input in request.Inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("model"u8, PathOf(model));
            writer.WriteStartObject("content"u8);
            writer.WriteStartArray("parts"u8);
            writer.WriteStartObject();
            writer.WriteString("text"u8, input);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            if (request.Dimensions is { } dimensions)
            {
                writer.WriteNumber("outputDimensionality"u8, dimensions);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <inheritdoc />
    protected override EmbeddingAnswer? ReadEmbedded(JsonElement answer)
    {
        if (GeminiJson.List(answer, "embeddings"u8) is not { } embeddings)
        {
            return null;
        }

        var vectors = new List<ReadOnlyMemory<float>>(embeddings.GetArrayLength());
        foreach (var embedding in embeddings.EnumerateArray())
        {
            if (Vector(embedding) is not { } vector)
            {
                return null;
            }

            vectors.Add(vector);
        }

        return new EmbeddingAnswer(vectors, UsageOf(answer), Model: null);
    }

    // Only the newer models say what they read.
    private static UsageReport? UsageOf(JsonElement answer)
    {
        if (GeminiJson.Object(answer, "usageMetadata"u8) is not { } metadata)
        {
            return null;
        }

        var raw = JsonMarshal.GetRawUtf8Value(metadata);
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        return GeminiUsage.Read(ref reader, out var isConsistent) is { } tokens
            ? UsageReport.From(tokens, isConsistent, raw)
            : null;
    }

    private static string PathOf(GeminiModel model) => model.Name.Contains('/') ? model.Name : $"models/{model.Name}";
}
