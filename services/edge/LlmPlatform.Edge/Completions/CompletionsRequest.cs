using System.Buffers;
using System.Text.Json;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Completions;

/// <summary>What the gateway must know of a request for a text completion.</summary>
internal sealed class CompletionsRequest : OpenAiRequest
{
    /// <summary>The bound that stands where a caller gives none, as OpenAI documents it.</summary>
    public const long DefaultOutputTokens = 16;

    private const int MaxPrompts = 2048;

    private long _prompts = 1;
    private long _bestOf = 1;
    private bool _isBounded;

    private CompletionsRequest(ReadOnlyMemory<byte> body)
        : base(body)
    {
    }

    /// <inheritdoc />
    protected override string Subject => "prompt";

    /// <summary>Reads a body. What is wrong with it is named, with the member at fault.</summary>
    public static CompletionsRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error)
    {
        var request = new CompletionsRequest(body);
        error = request.ReadBody();
        if (error is not null)
        {
            return null;
        }

        // Each prompt has its own answers, and those the best is chosen from are paid for.
        request.Choices = Math.Max(request.Choices, request._bestOf) * request._prompts;
        request._isBounded = request.MaxOutputTokens is not null;
        request.MaxOutputTokens ??= DefaultOutputTokens;
        return request;
    }

    /// <inheritdoc />
    /// <remarks>
    /// Compatible servers have other bounds than OpenAI's where a caller gives none, or no bound at all: it is said.
    /// </remarks>
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        var said = changes with
        {
            OutputBound = changes.OutputBound ?? (_isBounded ? null : DefaultOutputTokens),
            UseMaxCompletionTokens = false,
        };
        base.WriteTo(output, in said);
    }

    /// <inheritdoc />
    public override GenerationRequest ReadGeneration() =>
        CompletionsGenerationReader.Read(RequestObject.Parse(Body));

    /// <inheritdoc />
    protected override void TakeBestOf(long count) => _bestOf = count;

    /// <inheritdoc />
    protected override GatewayError? ReadSubject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return GatewayError.InvalidRequest("'prompt' must be a text or an array.", "prompt");
        }

        var prompts = 0;
        var isTokens = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            isTokens |= reader.TokenType == JsonTokenType.Number;
            reader.Skip();
            prompts++;
        }

        _prompts = isTokens ? 1 : prompts;
        return _prompts is 0 or > MaxPrompts
            ? GatewayError.InvalidRequest($"'prompt' must hold 1 to {MaxPrompts} prompts.", "prompt")
            : null;
    }
}
