using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Embeddings;

/// <summary>
/// What the gateway must know of a request for embeddings, and where it stands in the bytes: the body is never turned
/// into objects unless it is translated, and what we do not know travels through untouched.
/// </summary>
internal sealed class EmbeddingsRequest : InboundRequest
{
    private const int MaxInputs = 2048;
    private const int MaxDimensions = 65_536;

    private Members _seen;
    private Range _model;

    private EmbeddingsRequest(ReadOnlyMemory<byte> body)
        : base(body)
    {
    }

    /// <inheritdoc />
    public override bool ProducesTokens => false;

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    public static EmbeddingsRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error)
    {
        var request = new EmbeddingsRequest(body);
        try
        {
            error = request.Scan();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            error = RequestMembers.Malformed(fault);
        }

        return error is null ? request : null;
    }

    /// <inheritdoc />
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        output.Write(Body.Span[.._model.Start]);
        RequestMembers.WriteString(output, changes.Model);
        output.Write(Body.Span[_model.End..]);
    }

    /// <inheritdoc />
    public override EmbeddingRequest ReadEmbedding()
    {
        var body = RequestObject.Parse(Body);
        return new EmbeddingRequest
        {
            Inputs = ReadInputs(body),
            Dimensions = (int?)body.Whole("dimensions", 1, MaxDimensions),
            AsBase64 = body.Text("encoding_format") switch
            {
                null or "float" => false,
                "base64" => true,
                _ => throw body.Fault("encoding_format", "must be 'float' or 'base64'"),
            },
            User = body.Text("user"),
        };
    }

    // Token ids mean something to one model's tokenizer only.
    private static IReadOnlyList<string> ReadInputs(RequestObject body)
    {
        if (body.Member("input") is { ValueKind: JsonValueKind.Array } array
            && array.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Array))
        {
            throw body.Fault(
                "input", "holds token ids, which only OpenAI's own models understand: send the texts instead");
        }

        var inputs = body.Texts("input");
        return inputs.Count is > 0 and <= MaxInputs
            ? inputs
            : throw body.Fault("input", $"must be 1 to {MaxInputs} texts");
    }

    private GatewayError? Scan()
    {
        var reader = new Utf8JsonReader(Body.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return RequestMembers.NoObject();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadMember(ref reader) is { } error)
            {
                return error;
            }
        }

        // Reads to the end, so that trailing rubbish is found here and not by a provider.
        while (reader.Read())
        {
        }

        return !_seen.HasFlag(Members.Model) ? RequestMembers.Missing("model")
            : !_seen.HasFlag(Members.Input) ? RequestMembers.Missing("input")
            : null;
    }

    private GatewayError? ReadMember(ref Utf8JsonReader reader)
    {
        var isModel = reader.ValueTextEquals("model"u8);
        var isInput = !isModel && reader.ValueTextEquals("input"u8);
        reader.Read();
        var member = isModel ? Members.Model : isInput ? Members.Input : Members.None;
        if ((_seen & member) != 0)
        {
            return RequestMembers.Twice(isModel ? "model" : "input");
        }

        _seen |= member;
        return member switch
        {
            Members.Model => ReadModel(in reader),
            Members.Input => ReadInput(ref reader),
            _ => Skip(ref reader),
        };
    }

    private GatewayError? ReadModel(in Utf8JsonReader reader)
    {
        var error = RequestMembers.ReadModel(in reader, out var model);
        Model = model;
        _model = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
        return error;
    }

    private static GatewayError? ReadInput(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray
            ? Skip(ref reader)
            : GatewayError.InvalidRequest("'input' must be a text, an array of texts, or token ids.", "input");

    private static GatewayError? Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    /// <summary>
    /// The members that are read. None may come twice: which of the two a provider would take is not ours to guess.
    /// </summary>
    [Flags]
    private enum Members
    {
        None = 0,
        Model = 1,
        Input = 2,
    }
}
