using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Responses;

/// <summary>
/// What the gateway must know of a request for a response, and where it stands in the bytes: the body is never turned
/// into objects unless it is translated, and what we do not know travels through untouched.
/// </summary>
internal sealed partial class ResponsesRequest : InboundRequest
{
    // In the order of the body, because they are met in that order.
    private readonly List<Place> _places = new(2);
    private Members _seen;
    private bool _canBoundInPlace;
    private bool _isStored = true;
    private long? _maxToolCalls;

    private ResponsesRequest(ReadOnlyMemory<byte> body)
        : base(body)
    {
    }

    /// <inheritdoc />
    public override bool IsKept => _isStored;

    /// <summary>
    /// Writes the body as a provider must see it: its own model name, and a bound on the output where the hold stands
    /// on one that the caller did not give. Reasoning that another protocol's provider signed is left out: this one
    /// would refuse the request for it. Everything else is copied byte for byte.
    /// </summary>
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        var body = Body.Span;
        var at = body.IndexOf((byte)'{') + 1;
        output.Write(body[..at]);
        if (changes.OutputBound is { } bound && !_canBoundInPlace)
        {
            output.Write("\"max_output_tokens\":"u8);
            RequestMembers.WriteNumber(output, bound);
            output.Write(","u8);
        }

        foreach (var place in _places)
        {
            output.Write(body[at..place.Start]);
            at = place.End;
            var text = body[place.Start..at];
            switch (place.What)
            {
                case Splice.Model:
                    RequestMembers.WriteString(output, changes.Model);
                    break;
                case Splice.NoBound when changes.OutputBound is { } value:
                    RequestMembers.WriteNumber(output, value);
                    break;
                case Splice.GivenBound when changes.OutputBound is { } most
                    && RequestMembers.TryWriteLower(output, text, most):
                    break;
                case Splice.InputWithForeignReasoning:
                    WriteWithoutForeignReasoning(text, output);
                    break;
                default:
                    output.Write(text);
                    break;
            }
        }

        output.Write(body[at..]);
    }

    /// <inheritdoc />
    public override GenerationRequest ReadGeneration() => ResponsesGeneration.Read(Body, Stream);

    private static void WriteWithoutForeignReasoning(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(input);
        reader.Read();
        output.Write("["u8);
        var isFirst = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            if (SkipItem(ref reader))
            {
                continue;
            }

            output.Write(isFirst ? default : ","u8);
            output.Write(input[start..(int)reader.BytesConsumed]);
            isFirst = false;
        }

        output.Write("]"u8);
    }

    // Passes an item of the input; true for reasoning that no provider of this protocol takes.
    private static bool SkipItem(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var isForeign = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isSecret = !isId && reader.ValueTextEquals("encrypted_content"u8);
            reader.Read();
            if ((isId || isSecret) && reader.TokenType == JsonTokenType.String)
            {
                isForeign |= isId ? UnstoredIds.IsReasoning(reader.ValueSpan) : IsForeign(reader.ValueSpan);
            }

            reader.Skip();
        }

        return isForeign;
    }

    private static bool IsForeign(ReadOnlySpan<byte> signature) =>
        signature.StartsWith("anthropic#"u8)
        || signature.StartsWith("gemini#"u8)
        || signature.StartsWith("bedrock#"u8);

    /// <summary>What may stand in place of some bytes of the body.</summary>
    private enum Splice
    {
        Model,
        NoBound,
        GivenBound,
        InputWithForeignReasoning,
    }

    /// <summary>
    /// The members that are read. None may come twice: which of the two a provider would take is not ours to guess.
    /// </summary>
    [Flags]
    private enum Members
    {
        Model = 1,
        Input = 2,
        Stream = 4,
        MaxOutputTokens = 8,
        PreviousResponseId = 16,
        Temperature = 32,
        Background = 64,
        Store = 128,
        Conversation = 256,
        Tools = 512,
        MaxToolCalls = 1024,
    }

    private readonly record struct Place(Splice What, int Start, int End);
}
