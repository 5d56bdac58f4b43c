using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Messages;

/// <summary>A count of tokens by a provider, in the caller's protocol or in its own.</summary>
internal sealed class TokenCountExchange(InboundRequest request, UpstreamTarget target) : Exchange(target)
{
    /// <inheritdoc />
    public override bool PassesThrough => Target.Wire == Target.Asked;

    /// <inheritdoc />
    public override void WriteRequest(IBufferWriter<byte> output)
    {
        if (PassesThrough)
        {
            var changes = Target.Adapter.ChangesFor(Target);
            request.WriteTo(output, in changes);
        }
        else
        {
            Target.Adapter.WriteTokenCount(request.ReadGeneration(), Target, output);
        }
    }

    /// <inheritdoc />
    public override StreamPassage OpenStream() =>
        throw new InvalidOperationException("A count of tokens is not streamed.");

    /// <inheritdoc />
    public override AnswerFacts ReadAnswer(ReadOnlyMemory<byte> answer, IBufferWriter<byte> output)
    {
        if (PassesThrough)
        {
            return new AnswerFacts(HasCount(answer.Span));
        }

        if (Target.Adapter.ReadTokenCount(answer.Span) is not { } tokens)
        {
            return new AnswerFacts(IsAnswer: false);
        }

        Write(tokens, output);
        return new AnswerFacts(IsAnswer: true);
    }

    /// <summary>Writes a count as Anthropic says it.</summary>
    public static void Write(long tokens, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("input_tokens", tokens);
        json.WriteEndObject();
    }

    private static bool HasCount(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("input_tokens", out var count) && count.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
