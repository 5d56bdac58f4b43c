using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.OpenAi;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Embeddings;

/// <summary>Embeddings from a provider that speaks the caller's protocol: bytes pass through.</summary>
internal sealed class EmbeddingsPassThrough(InboundRequest request, UpstreamTarget target) : Exchange(target)
{
    /// <inheritdoc />
    public override bool PassesThrough => true;

    /// <inheritdoc />
    public override void WriteRequest(IBufferWriter<byte> output)
    {
        var changes = Target.Adapter.ChangesFor(Target);
        request.WriteTo(output, in changes);
    }

    /// <inheritdoc />
    public override StreamPassage OpenStream() => throw new InvalidOperationException("Embeddings are not streamed.");

    /// <inheritdoc />
    public override AnswerFacts ReadAnswer(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        try
        {
            return Read(answer.Span);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return new AnswerFacts(IsAnswer: false);
        }
    }

    private static AnswerFacts Read(ReadOnlySpan<byte> answer)
    {
        var facts = new AnswerFacts(IsAnswer: false);
        var reader = new Utf8JsonReader(answer);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return facts;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            var isData = !isUsage && reader.ValueTextEquals("data"u8);
            var isError = !isUsage && !isData && reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isUsage && reader.TokenType == JsonTokenType.StartObject)
            {
                facts = facts with { Usage = OpenAiUsage.Read(ref reader, answer) };
            }
            else if (isData)
            {
                facts = facts with { IsAnswer = reader.TokenType == JsonTokenType.StartArray };
            }
            else if (isError && reader.TokenType != JsonTokenType.Null)
            {
                return new AnswerFacts(IsAnswer: true) { Fault = OpenAiFault.Read(status: 200, answer) };
            }

            reader.Skip();
        }

        // Nothing but blanks may follow, or the reader says so.
        reader.Read();
        return facts;
    }
}
