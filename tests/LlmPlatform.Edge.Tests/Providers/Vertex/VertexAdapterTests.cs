using System.Buffers;
using System.Net;
using System.Text;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Vertex;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Providers.Gemini;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Providers.Vertex;

/// <summary>Gemini on Vertex AI is called in a project's name with a service account's token.</summary>
public sealed class VertexAdapterTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private TokenEndpoint _endpoint = null!;
    private VertexTokens _tokens = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await TokenEndpoint.StartAsync();
        _tokens = new VertexTokens(
            new VertexOptions(), new UpstreamOptions { UseProxy = false }, _clock,
            NullLogger<TokenExchange>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        await _endpoint.DisposeAsync();
    }

    [Theory]
    [InlineData("https://europe-west4-aiplatform.googleapis.com", "gemini-2.5-pro", false, Wire.Chat,
        "https://europe-west4-aiplatform.googleapis.com/v1/projects/a-project/locations/europe-west4" +
        "/publishers/google/models/gemini-2.5-pro:generateContent")]
    [InlineData("https://aiplatform.googleapis.com/v1beta1", "gemini-2.5-pro", true, Wire.Messages,
        "https://aiplatform.googleapis.com/v1beta1/projects/a-project/locations/europe-west4/publishers/google" +
        "/models/gemini-2.5-pro:streamGenerateContent?alt=sse")]
    [InlineData("https://aiplatform.googleapis.com", "endpoints/1234", false, Wire.Chat,
        "https://aiplatform.googleapis.com/v1/projects/a-project/locations/europe-west4/endpoints/1234" +
        ":generateContent")]
    [InlineData("https://aiplatform.googleapis.com", "text-embedding-005", false, Wire.Embeddings,
        "https://aiplatform.googleapis.com/v1/projects/a-project/locations/europe-west4/publishers/google" +
        "/models/text-embedding-005:predict")]
    [InlineData("https://aiplatform.googleapis.com", "gemini-2.5-pro", false, Wire.TokenCount,
        "https://aiplatform.googleapis.com/v1/projects/a-project/locations/europe-west4/publishers/google" +
        "/models/gemini-2.5-pro:countTokens")]
    public void Every_call_has_its_address(string address, string model, bool stream, object asked, string expected)
    {
        var adapter = Adapter(new Uri(address));

        Assert.Equal(expected, adapter.AddressOf(Written.Target(adapter, model, (Wire)asked, stream)).AbsoluteUri);
    }

    [Fact]
    public async Task A_call_is_authorized_with_the_account_s_token_and_nothing_else()
    {
        await using var google = await FakeProvider.StartAsync(wire: ProviderWire.Gemini);
        google.ApiKey = "ya29.token-1";
        var adapter = Adapter(google.BaseUrl);
        var target = Written.Target(adapter);
        var body = new ArrayBufferWriter<byte>();
        adapter.WriteGeneration(Written.Saying("Hi"), target, body);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var request = Request(adapter, target, body.WrittenMemory);
        await adapter.AuthorizeAsync(request, body.WrittenMemory, Stop);

        using var response = await http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var headers = Assert.Single(google.Ledger.Attempts).Headers;
        Assert.Equal("Bearer ya29.token-1", headers["Authorization"]);
        Assert.DoesNotContain("x-goog-api-key", headers.Keys);
    }

    [Fact]
    public async Task Without_a_token_a_call_fails_before_anything_is_sent_and_names_the_provider()
    {
        var adapter = Adapter(credential: "{}");

        var fault = await Assert.ThrowsAsync<CredentialUnavailableException>(() => AuthorizeAsync(adapter, Stop));

        Assert.Equal(
            "Provider vertex has no access token for Vertex AI: its api_key cannot be used: it has no client_email.",
            fault.Message);
    }

    [Fact]
    public async Task A_caller_that_leaves_before_there_is_a_token_has_sent_nothing()
    {
        _endpoint.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        var authorizing = AuthorizeAsync(Adapter(), leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAsync<CredentialUnavailableException>(() => authorizing);
        _endpoint.Gate.SetResult();
    }

    [Fact]
    public async Task A_token_that_Google_refuses_is_replaced_for_the_next_call()
    {
        var adapter = Adapter();
        Assert.Equal("Bearer ya29.token-1", await AuthorizeAsync(adapter, Stop));
        _clock.Advance(TimeSpan.FromMinutes(10));
        using var refusal = new HttpResponseMessage(HttpStatusCode.Unauthorized);

        var fault = adapter.ReadFault(
            401, refusal.Headers, """{"error":{"code":401,"status":"UNAUTHENTICATED"}}"""u8);

        Assert.Equal(ProviderFaultKind.Authentication, fault.Kind);
        Assert.Equal("Bearer ya29.token-2", await AuthorizeAsync(adapter, Stop));
    }

    [Fact]
    public void Texts_are_embedded_whole_or_not_at_all()
    {
        var adapter = Adapter();
        var body = new ArrayBufferWriter<byte>();

        adapter.WriteEmbedding(
            new EmbeddingRequest { Inputs = ["a", "b"], Dimensions = 256 },
            Written.Target(adapter, "text-embedding-005", Wire.Embeddings), body);

        Assert.Equal(
            "{\"instances\":[{\"content\":\"a\"},{\"content\":\"b\"}],"
            + "\"parameters\":{\"autoTruncate\":false,\"outputDimensionality\":256}}",
            Encoding.UTF8.GetString(body.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"values":[1,2],"statistics":{"token_count":4,"truncated":false}}""", 8L)]
    [InlineData("""{"values":[1,2],"statistics":{"token_count":4.0}}""", 8L)]
    [InlineData("""{"values":[1,2],"statistics":{"token_count":-4}}""", null)]
    [InlineData("""{"values":[1,2]}""", null)]
    public void What_was_read_is_the_sum_over_all_texts_or_unknown(string embedding, long? tokens)
    {
        var adapter = Adapter();
        var answer = $$"""{"predictions":[{"embeddings":{{embedding}}},{"embeddings":{{embedding}}}]}""";

        var read = adapter.ReadEmbedding(Encoding.UTF8.GetBytes(answer), Written.Target(adapter))!;

        Assert.Equal([[1f, 2f], [1f, 2f]], read.Vectors.Select(vector => vector.ToArray()));
        Assert.Equal(tokens, read.Usage?.Tokens.InputUncached);
    }

    [Fact]
    public void Tokens_are_counted_of_the_request_itself()
    {
        var adapter = Adapter();
        var body = new ArrayBufferWriter<byte>();

        adapter.WriteTokenCount(
            Written.Saying("Hi") with
            {
                Instructions = [new ContentPart.Text("Be brief.")],
                Temperature = 1,
                Tools = [new ToolDefinition("now")],
                ToolChoice = ToolChoice.Required,
            },
            Written.Target(adapter, asked: Wire.TokenCount), body);

        Assert.Equal(
            "{\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief.\"}]},"
            + "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Hi\"}]}],"
            + "\"tools\":[{\"functionDeclarations\":[{\"name\":\"now\"}]}]}",
            Encoding.UTF8.GetString(body.WrittenSpan));
    }

    private VertexAdapter Adapter(Uri? address = null, string? credential = null)
    {
        var provider = Written.Provider("vertex", address ?? new Uri("https://aiplatform.googleapis.com"));
        var secret = new Secret(credential ?? _endpoint.KeyFile());
        return new VertexAdapter(provider, secret, _tokens.Open(provider, secret));
    }

    private static HttpRequestMessage Request(
        VertexAdapter adapter, UpstreamTarget target, ReadOnlyMemory<byte> body) =>
        new(HttpMethod.Post, adapter.AddressOf(target)) { Content = new ByteArrayContent(body.ToArray()) };

    private static async Task<string?> AuthorizeAsync(VertexAdapter adapter, CancellationToken cancellationToken)
    {
        using var request = Request(adapter, Written.Target(adapter), default);
        await adapter.AuthorizeAsync(request, default, cancellationToken);
        return request.Headers.Authorization?.ToString();
    }
}
