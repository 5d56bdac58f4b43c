using System.Net.Http.Headers;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers.Gemini;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>
/// Vertex AI: a project's models in a location, paid by a service account. Google's own are spoken to here, Claude's by
/// <see cref="VertexClaudeAdapter"/>.
/// </summary>
internal sealed class VertexAdapter(RoutedProvider provider, Secret? credential, AccessTokens tokens)
    : GenerateContentAdapter(provider, credential)
{
    private readonly string _models = VertexAddress.Of(provider);
    private readonly VertexClaudeAdapter _claude = new(provider, credential, tokens);

    /// <inheritdoc />
    public override ProviderAdapter For(string model) => VertexClaudeAdapter.Speaks(model) ? _claude : this;

    /// <inheritdoc />
    protected override string EmbeddingMethod => "predict";

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        tokens.AuthorizeAsync(request, Provider.Name, cancellationToken);

    /// <inheritdoc />
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body)
    {
        var fault = base.ReadFault(status, headers, body);
        if (fault.Kind == ProviderFaultKind.Authentication)
        {
            // Revoked before its end, for example with its key: the next call asks for another.
            tokens.Reject();
        }

        return fault;
    }

    /// <inheritdoc />
    protected override Uri AddressOf(GeminiModel model, string method) =>
        new($"{_models}/{(model.Name.Contains('/') ? "" : "publishers/google/models/")}{InPath(model.Name)}:{method}");

    /// <inheritdoc />
    protected override void WriteCounted(Utf8JsonWriter writer, GenerationRequest request, GeminiModel model) =>
        GeminiRequest.WriteInput(writer, request, model);

    /// <inheritdoc />
    protected override void WriteEmbedded(Utf8JsonWriter writer, EmbeddingRequest request, GeminiModel model)
    {
        writer.WriteStartArray("instances"u8);
        foreach (var input in request.Inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("content"u8, input);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("parameters"u8);

        // Too long a text is an error to callers, not half an embedding.
        writer.WriteBoolean("autoTruncate"u8, false);
        if (request.Dimensions is { } dimensions)
        {
            writer.WriteNumber("outputDimensionality"u8, dimensions);
        }

        writer.WriteEndObject();
    }

    /// <inheritdoc />
    protected override EmbeddingAnswer? ReadEmbedded(JsonElement answer)
    {
        if (GeminiJson.List(answer, "predictions"u8) is not { } predictions)
        {
            return null;
        }

        var vectors = new List<ReadOnlyMemory<float>>(predictions.GetArrayLength());
        long? read = 0;
        foreach (var prediction in predictions.EnumerateArray())
        {
            if (GeminiJson.Object(prediction, "embeddings"u8) is not { } embedding
                || Vector(embedding) is not { } vector)
            {
                return null;
            }

            vectors.Add(vector);
            read += TokensOf(embedding);
        }

        var usage = read is { } tokens ? new UsageReport(new TokenUsage { InputUncached = tokens }, true) : null;
        return new EmbeddingAnswer(vectors, usage, Model: null);
    }

    // Null where it does not say, and then of the whole answer: a part of a sum is no sum.
    private static long? TokensOf(JsonElement embedding) =>
        GeminiJson.Object(embedding, "statistics"u8) is { } statistics
        && GeminiJson.Number(statistics, "token_count"u8) is { } count
        && count.TryGetDecimal(out var tokens) && tokens is >= 0 and < int.MaxValue && decimal.IsInteger(tokens)
            ? (long)tokens
            : null;
}
