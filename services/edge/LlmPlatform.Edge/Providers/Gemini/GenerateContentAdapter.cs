using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// What Gemini's own API and Vertex AI share: <c>generateContent</c> and its neighbours. They differ in address,
/// credential, embeddings and how tokens are counted.
/// </summary>
internal abstract class GenerateContentAdapter(RoutedProvider provider, Secret? credential)
    : ProviderAdapter(provider, credential)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => asked switch
    {
        Wire.Chat or Wire.Completions or Wire.Responses or Wire.Messages => Wire.Gemini,
        Wire.Embeddings or Wire.TokenCount => Wire.Gemini,
        _ => null,
    };

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target) => AddressOf(new GeminiModel(target.Model), target switch
    {
        { Asked: Wire.Embeddings } => EmbeddingMethod,
        { Asked: Wire.TokenCount } => "countTokens",
        { Stream: true } => "streamGenerateContent?alt=sse",
        _ => "generateContent",
    });

    /// <inheritdoc />
    public override void WriteGeneration(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        GeminiRequest.Write(writer, request, new GeminiModel(target.Model), target.OutputBound);
        writer.WriteEndObject();
    }

    /// <inheritdoc />
    public override AnswerReader OpenReader(GenerationRequest request, IAnswerSink sink) =>
        new GeminiReader(request, sink);

    /// <inheritdoc />
    public override void WriteTokenCount(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        WriteCounted(writer, request, new GeminiModel(target.Model));
        writer.WriteEndObject();
    }

    /// <inheritdoc />
    public override long? ReadTokenCount(ReadOnlySpan<byte> answer)
    {
        using var document = GeminiJson.Parse(answer);
        return document is not null
            && GeminiJson.Number(document.RootElement, "totalTokens"u8) is { } total
            && total.TryGetInt64(out var tokens) && tokens >= 0 ? tokens : null;
    }

    /// <inheritdoc />
    public override void WriteEmbedding(EmbeddingRequest request, UpstreamTarget target, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        writer.WriteStartObject();
        WriteEmbedded(writer, request, new GeminiModel(target.Model));
        writer.WriteEndObject();
    }

    /// <inheritdoc />
    public override EmbeddingAnswer? ReadEmbedding(ReadOnlySpan<byte> answer, UpstreamTarget target)
    {
        using var document = GeminiJson.Parse(answer);
        return document is null ? null : ReadEmbedded(document.RootElement);
    }

    /// <inheritdoc />
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        GeminiFault.Read(status, body);

    /// <summary>The method that makes embeddings.</summary>
    protected abstract string EmbeddingMethod { get; }

    /// <summary>Where a method of a model is.</summary>
    protected abstract Uri AddressOf(GeminiModel model, string method);

    /// <summary>Writes what is to be counted into the object under way.</summary>
    protected abstract void WriteCounted(Utf8JsonWriter writer, GenerationRequest request, GeminiModel model);

    /// <summary>Writes what is to be embedded into the object under way.</summary>
    protected abstract void WriteEmbedded(Utf8JsonWriter writer, EmbeddingRequest request, GeminiModel model);

    /// <summary>Reads embeddings; null where there are none.</summary>
    protected abstract EmbeddingAnswer? ReadEmbedded(JsonElement answer);

    /// <summary>The provider's address with the version of its API, unless it names one itself.</summary>
    public static string VersionedAddress(Uri address, string version)
    {
        var text = address.AbsoluteUri.TrimEnd('/');
        var last = text[(text.LastIndexOf('/') + 1)..];
        return last is ['v', >= '0' and <= '9', ..] ? text : $"{text}/{version}";
    }

    /// <summary>A name as part of a path: where it has several segments, each for itself.</summary>
    protected static string InPath(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    /// <summary>The numbers of one vector; null where there are none.</summary>
    protected static float[]? Vector(JsonElement of)
    {
        if (GeminiJson.List(of, "values"u8) is not { } values)
        {
            return null;
        }

        var vector = new float[values.GetArrayLength()];
        var at = 0;
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetSingle(out vector[at])
                || !float.IsFinite(vector[at++]))
            {
                return null;
            }
        }

        return vector;
    }
}
