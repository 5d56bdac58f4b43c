using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using LlmPlatform.Edge.Providers.Anthropic;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// Amazon Bedrock: text through Converse, whatever model answers; embeddings through <c>invoke</c>. Calls are signed
/// with AWS keys, or carry a Bedrock API key.
/// </summary>
internal sealed class BedrockAdapter : ProviderAdapter
{
    private const string SigningName = "bedrock";

    // An ARN's colons and slashes are sent encoded, exactly as they are signed.
    private static readonly UriCreationOptions AsWritten =
        new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly AwsSignature? _signature;
    private readonly AuthenticationHeaderValue? _bearer;
    private readonly string _base;

    /// <param name="provider">With its location and address.</param>
    /// <param name="credential">Opened: a Bedrock API key, or <see cref="AwsKeys"/>.</param>
    /// <param name="clock">What signatures are dated by.</param>
    public BedrockAdapter(RoutedProvider provider, Secret? credential, TimeProvider clock)
        : base(provider, credential, PartsOf(credential))
    {
        _base = provider.BaseUrl!.AbsoluteUri.TrimEnd('/');
        if (KeysOf(credential) is { } keys)
        {
            _signature = new AwsSignature(keys, provider.Location!, SigningName, clock);
        }
        else if (credential is { } key)
        {
            _bearer = new AuthenticationHeaderValue("Bearer", key.Reveal());
        }
    }

    /// <inheritdoc />
    public override Wire? WireFor(Wire asked) => Wire.Bedrock;

    /// <inheritdoc />
    public override Uri AddressOf(UpstreamTarget target)
    {
        var operation = target.Asked switch
        {
            Wire.Embeddings => "invoke",
            Wire.TokenCount => "count-tokens",
            _ => target.Stream ? "converse-stream" : "converse",
        };
        return new Uri($"{_base}/model/{Uri.EscapeDataString(target.Model)}/{operation}", AsWritten);
    }

    /// <inheritdoc />
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = _bearer;
        _signature?.Sign(request, body.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public override void WriteGeneration(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        new ConverseRequestWriter(request, ModelOf(target)).Write(output);

    /// <inheritdoc />
    public override AnswerReader OpenReader(GenerationRequest request, IAnswerSink sink) =>
        new ConverseReader(sink, AnswerTool.NameIn(request));

    /// <inheritdoc />
    public override void WriteTokenCount(
        GenerationRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        new ConverseRequestWriter(request, ModelOf(target)).WriteCount(output);

    /// <inheritdoc />
    public override long? ReadTokenCount(ReadOnlySpan<byte> answer)
    {
        try
        {
            var reader = new Utf8JsonReader(answer);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("inputTokens", out var tokens)
                && tokens.ValueKind == JsonValueKind.Number
                && tokens.TryGetInt64(out var count)
                && count >= 0
                ? count
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public override void WriteEmbedding(EmbeddingRequest request, UpstreamTarget target, IBufferWriter<byte> output) =>
        BedrockEmbeddings.Write(request, target.Model, ModelOf(target).Vendor, output);

    /// <inheritdoc />
    public override EmbeddingAnswer? ReadEmbedding(ReadOnlySpan<byte> answer, UpstreamTarget target) =>
        BedrockEmbeddings.Read(answer);

    /// <inheritdoc />
    public override StreamFraming OpenFraming() => new AwsEventStreamFraming();

    /// <inheritdoc />
    public override ProviderFault ReadFault(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body) =>
        BedrockFaults.Read(status, headers, body);

    private static AwsKeys? KeysOf(Secret? credential) =>
        credential is { } text && AwsKeys.TryRead(text.Reveal(), out var keys) ? keys : null;

    private static IReadOnlyList<string?> PartsOf(Secret? credential) =>
        KeysOf(credential) is { } keys ? [keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken] : [];

    private static BedrockModel ModelOf(UpstreamTarget target) => BedrockModel.IsId(target.Model)
        ? BedrockModel.Of(target.Model, target.Candidate.Model.Name)
        : throw new TranslationException(
            "This is no model id of Bedrock: it has letters, digits and . : / - _ only.", "model");
}
