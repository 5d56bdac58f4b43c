using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Embeddings;

/// <summary>Embeddings from a provider of another protocol: both ways are translated.</summary>
internal sealed class EmbeddingsTranslation(GatewayCall call, UpstreamTarget target) : Exchange(target)
{
    private readonly string _model = call.Request!.Model;
    private EmbeddingRequest? _request;

    /// <inheritdoc />
    public override bool PassesThrough => false;

    /// <inheritdoc />
    public override void WriteRequest(IBufferWriter<byte> output)
    {
        _request = call.Request!.ReadEmbedding();
        Target.Adapter.WriteEmbedding(_request, Target, output);
    }

    /// <inheritdoc />
    public override StreamPassage OpenStream() => throw new InvalidOperationException("Embeddings are not streamed.");

    /// <inheritdoc />
    public override AnswerFacts ReadAnswer(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        if (Target.Adapter.ReadEmbedding(answer.Span, Target) is not { } read
            || read.Vectors.Count != _request!.Inputs.Count)
        {
            return new AnswerFacts(IsAnswer: false);
        }

        Write(read, _request.AsBase64, output);
        return new AnswerFacts(IsAnswer: true) { Usage = read.Usage };
    }

    private void Write(EmbeddingAnswer answer, bool asBase64, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (var index = 0; index < answer.Vectors.Count; index++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", index);
            json.WritePropertyName("embedding");
            WriteVector(json, answer.Vectors[index].Span, asBase64);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", answer.Model ?? _model);
        var tokens = answer.Usage?.Tokens.TotalInput ?? call.InputTokensEstimate;
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", tokens);
        json.WriteNumber("total_tokens", tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<float> vector, bool asBase64)
    {
        if (asBase64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var i = 0; i < vector.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
            }

            json.WriteBase64StringValue(bytes);
            return;
        }

        json.WriteStartArray();
        foreach (var value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
