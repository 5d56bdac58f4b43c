using System.Buffers;
using System.Net;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Bedrock;
using LlmPlatform.Edge.Providers.Http1;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Tests.Providers.Bedrock;

public sealed class BedrockAdapterTests
{
    private const string Profile =
        "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-3-haiku-20240307-v1:0";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Wire.Chat, false, "converse")]
    [InlineData(Wire.Messages, true, "converse-stream")]
    [InlineData(Wire.Responses, true, "converse-stream")]
    [InlineData(Wire.Completions, false, "converse")]
    [InlineData(Wire.TokenCount, false, "count-tokens")]
    [InlineData(Wire.Embeddings, false, "invoke")]
    public void Every_public_API_has_an_operation(object asked, bool stream, string operation)
    {
        var adapter = BedrockTargets.Adapter();

        Assert.Equal(Wire.Bedrock, adapter.WireFor((Wire)asked));
        Assert.Equal(
            $"https://bedrock-runtime.eu-central-1.amazonaws.com/model/{Uri.EscapeDataString(Profile)}/{operation}",
            adapter.AddressOf(BedrockTargets.Target(adapter, Profile, (Wire)asked, stream)).AbsoluteUri);
    }

    [Theory]
    [InlineData(Profile)]
    [InlineData(BedrockTargets.Claude)]
    [InlineData("..")]
    public async Task What_is_signed_is_what_is_sent(string model)
    {
        var clock = new ManualTimeProvider();
        var path = "";
        IHeaderDictionary headers = new HeaderDictionary();
        var received = Array.Empty<byte>();
        await using var aws = await ListenAsync(async http =>
        {
            path = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
            headers = new HeaderDictionary(http.Request.Headers.ToDictionary());
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            received = body.ToArray();
        });
        var address = new Uri(aws.Urls.Single());
        var adapter = BedrockTargets.Adapter(address, clock: clock);
        var sent = """{"messages":[]}"""u8.ToArray();

        await SendAsync(adapter, BedrockTargets.Target(adapter, model), sent);

        // As AWS would: from what came over the wire and nothing else.
        AwsKeys.TryRead(BedrockTargets.Keys.Reveal(), out var keys);
        var expected = new AwsSignature(keys!, "eu-central-1", "bedrock", clock).Authorize(
            "POST",
            path,
            [
                ("content-type", headers.ContentType.ToString()), ("host", headers.Host.ToString()),
                ("x-amz-date", headers["X-Amz-Date"].ToString()),
            ],
            received,
            clock.GetUtcNow());
        Assert.Equal($"/model/{Uri.EscapeDataString(model)}/converse", path);
        Assert.Equal(sent, received);
        Assert.Equal($"AWS4-HMAC-SHA256 {expected}", headers.Authorization.ToString());
    }

    [Fact]
    public async Task An_API_key_is_a_bearer_token_and_nothing_is_signed()
    {
        var adapter = BedrockTargets.Adapter(credential: new Secret("ABSKexample"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://example.com/");

        await adapter.AuthorizeAsync(request, default, Cancel);

        Assert.Equal("Bearer ABSKexample", request.Headers.Authorization?.ToString());
        Assert.False(request.Headers.Contains("X-Amz-Date"));
    }

    [Fact]
    public void No_part_of_a_credential_is_shown_to_a_caller()
    {
        var adapter = BedrockTargets.Adapter();

        Assert.True(adapter.Reveals("key AKIDEXAMPLE is"u8));
        Assert.True(adapter.Reveals("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"u8));
        Assert.True(adapter.Reveals("at bedrock-runtime.eu-central-1.amazonaws.com"u8));
        Assert.False(adapter.Reveals("The request is malformed."u8));
    }

    [Theory]
    [InlineData(400, "ValidationException", "messages.0.content: field required", ProviderFaultKind.InvalidRequest)]
    [InlineData(400, "ValidationException", "The provided model identifier is invalid.", ProviderFaultKind.NotFound)]
    [InlineData(400, "ValidationException",
        "Invocation of model ID x with on-demand throughput isn't supported. Retry with an inference profile.",
        ProviderFaultKind.NotFound)]
    [InlineData(400, "ValidationException", "Input is too long for requested model.",
        ProviderFaultKind.ContextLengthExceeded)]
    [InlineData(400, "ValidationException", "prompt is too long: 209123 tokens > 200000 maximum",
        ProviderFaultKind.ContextLengthExceeded)]
    [InlineData(400, "ValidationException", "The generated text has been blocked by our content filters.",
        ProviderFaultKind.ContentPolicy)]
    [InlineData(400, "ServiceQuotaExceededException", "Your request exceeds the quota.",
        ProviderFaultKind.QuotaExhausted)]
    [InlineData(403, "AccessDeniedException", "You don't have access to the model.", ProviderFaultKind.Permission)]
    [InlineData(403, "UnrecognizedClientException", "The security token is invalid.", ProviderFaultKind.Authentication)]
    [InlineData(403, "InvalidSignatureException", "Signature expired", ProviderFaultKind.Authentication)]
    [InlineData(403, "ExpiredTokenException", "The security token is expired", ProviderFaultKind.Authentication)]
    [InlineData(404, "ResourceNotFoundException", "Could not find it", ProviderFaultKind.NotFound)]
    [InlineData(408, "ModelTimeoutException", "too slow", ProviderFaultKind.Timeout)]
    [InlineData(424, "ModelErrorException", "The model failed", ProviderFaultKind.Server)]
    [InlineData(429, "ThrottlingException", "Too many tokens, please wait.", ProviderFaultKind.RateLimited)]
    [InlineData(429, "ThrottlingException", "Too many tokens per day, please wait.", ProviderFaultKind.QuotaExhausted)]
    [InlineData(429, "ModelNotReadyException", "The model is not ready", ProviderFaultKind.Overloaded)]
    [InlineData(500, "InternalServerException", "broken", ProviderFaultKind.Server)]
    [InlineData(503, "ServiceUnavailableException", "busy", ProviderFaultKind.Overloaded)]
    [InlineData(413, "SomethingNewException", "big", ProviderFaultKind.TooLarge)]
    public void Every_exception_has_its_meaning_wherever_its_name_stands(
        int status, string name, string message, object kind)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"message":"{{message}}"}""");
        using var named = Refusal(status);
        named.Headers.Add("x-amzn-ErrorType", $"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/");
        named.Headers.Add("Retry-After", "7");
        using var unnamed = Refusal(status);
        var typed = Encoding.UTF8.GetBytes($$"""{"__type":"com.amazon.coral#{{name}}","Message":"{{message}}"}""");
        var adapter = BedrockTargets.Adapter();

        var expected = new ProviderFault((ProviderFaultKind)kind, message) { Code = name };
        Assert.Equal(
            expected with { RetryAfter = TimeSpan.FromSeconds(7) }, adapter.ReadFault(status, named.Headers, body));
        Assert.Equal(expected, adapter.ReadFault(status, unnamed.Headers, typed));
    }

    [Theory]
    [InlineData(401, "", ProviderFaultKind.Authentication)]
    [InlineData(403, "<html>", ProviderFaultKind.Permission)]
    [InlineData(502, "{\"message\":", ProviderFaultKind.Server)]
    [InlineData(429, "[]", ProviderFaultKind.RateLimited)]
    [InlineData(400, """{"message":"\ud83d"}""", ProviderFaultKind.InvalidRequest)]
    [InlineData(504, "null", ProviderFaultKind.Timeout)]
    public void A_refusal_that_says_nothing_is_judged_by_its_status(int status, string body, object kind)
    {
        using var refusal = Refusal(status);

        var fault = BedrockTargets.Adapter().ReadFault(status, refusal.Headers, Encoding.UTF8.GetBytes(body));

        Assert.Equal(((ProviderFaultKind)kind, null), (fault.Kind, fault.Code));
        Assert.NotEmpty(fault.Message);
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v2:0", 256, """{"inputText":"a","dimensions":256}""")]
    [InlineData("amazon.titan-embed-text-v1", null, """{"inputText":"a"}""")]
    [InlineData("cohere.embed-multilingual-v3", null,
        """{"texts":["a"],"input_type":"search_document","embedding_types":["float"]}""")]
    [InlineData("us.cohere.embed-v4:0", 512,
        """{"texts":["a"],"input_type":"search_document","embedding_types":["float"],"output_dimension":512}""")]
    public void Embeddings_are_asked_for_in_the_words_of_the_models_maker(string model, int? dimensions, string body) =>
        Assert.Equal(body, WriteEmbedding(new EmbeddingRequest { Inputs = ["a"], Dimensions = dimensions }, model));

    [Fact]
    public void Embeddings_that_a_model_cannot_make_are_refused_by_name()
    {
        Assert.Equal("input", Refused(new EmbeddingRequest { Inputs = ["a", "b"] }, "amazon.titan-embed-text-v2:0"));
        Assert.Equal(
            "input",
            Refused(new EmbeddingRequest { Inputs = [.. Enumerable.Repeat("a", 97)] }, "cohere.embed-english-v3"));
        var sized = new EmbeddingRequest { Inputs = ["a"], Dimensions = 5 };
        Assert.Equal("dimensions", Refused(sized, "cohere.embed-english-v3"));
        Assert.Equal("dimensions", Refused(sized, "amazon.titan-embed-text-v1"));
        Assert.Equal("model", Refused(new EmbeddingRequest { Inputs = ["a"] }, BedrockTargets.Claude));
    }

    [Theory]
    [InlineData("""{"embedding":[0.5,-1,2e-3],"embeddingsByType":{"float":[0.5,-1,2e-3]},"inputTextTokenCount":5}""",
        1, 5L)]
    [InlineData("""{"embeddings":[[0.5,-1,0.002],[1,2,3]],"id":"x","response_type":"embeddings_floats"}""", 2, null)]
    [InlineData("""{"embeddings":{"float":[[0.5,-1,0.002]]},"response_type":"embeddings_by_type"}""", 1, null)]
    public void Vectors_are_read_in_every_form(string answer, int count, long? tokens)
    {
        var adapter = BedrockTargets.Adapter();

        var read = adapter.ReadEmbedding(Encoding.UTF8.GetBytes(answer), BedrockTargets.Target(adapter))!;

        Assert.Equal(count, read.Vectors.Count);
        Assert.Equal([0.5f, -1f, 0.002f], read.Vectors[0].ToArray());
        Assert.Equal(tokens is null ? null : new TokenUsage { InputUncached = tokens.Value }, read.Usage?.Tokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"embedding":"x"}""")]
    [InlineData("""{"embeddings":[["a"]]}""")]
    [InlineData("""{"embeddings":{"int8":[[1]]}}""")]
    public void What_holds_no_vectors_is_told(string answer)
    {
        var adapter = BedrockTargets.Adapter();

        Assert.Null(adapter.ReadEmbedding(Encoding.UTF8.GetBytes(answer), BedrockTargets.Target(adapter)));
    }

    private static string? Refused(EmbeddingRequest request, string model) =>
        Assert.Throws<TranslationException>(() => WriteEmbedding(request, model)).Param;

    private static string WriteEmbedding(EmbeddingRequest request, string model)
    {
        var adapter = BedrockTargets.Adapter();
        var output = new ArrayBufferWriter<byte>();
        adapter.WriteEmbedding(request, BedrockTargets.Target(adapter, model, Wire.Embeddings), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static async Task SendAsync(BedrockAdapter adapter, UpstreamTarget target, byte[] body)
    {
        using var client = new HttpMessageInvoker(new Http1Handler(
            new UpstreamOptions { UseProxy = false }, TimeProvider.System, new SocketsHttpHandler()));
        using var content = new RequestContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, adapter.AddressOf(target)) { Content = content };
        await adapter.AuthorizeAsync(request, body, Cancel);
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static HttpResponseMessage Refusal(int status) => new((HttpStatusCode)status);

    private static async Task<WebApplication> ListenAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(Cancel);
        return server;
    }
}
