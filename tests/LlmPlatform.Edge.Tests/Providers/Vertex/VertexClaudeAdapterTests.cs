using System.Net;
using System.Text;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Providers.Vertex;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Tests.Providers.Gemini;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Edge.Tests.Providers.Vertex;

/// <summary>Claude on Vertex AI is Anthropic's protocol at Google's addresses.</summary>
public sealed class VertexClaudeAdapterTests : IAsyncLifetime
{
    private const string At =
        "https://aiplatform.googleapis.com/v1/projects/a-project/locations/global/publishers/anthropic/models/";

    private readonly ManualTimeProvider _clock = new();
    private TokenEndpoint _endpoint = null!;
    private VertexTokens _tokens = null!;

    public async ValueTask InitializeAsync()
    {
        _endpoint = await TokenEndpoint.StartAsync();
        _tokens = new VertexTokens(
            new VertexOptions(), new UpstreamOptions { UseProxy = false }, _clock, NullLogger<TokenExchange>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _tokens.Dispose();
        await _endpoint.DisposeAsync();
    }

    [Theory]
    [InlineData("claude-sonnet-4-5@20250929", false, Wire.Messages, "claude-sonnet-4-5@20250929:rawPredict")]
    [InlineData("publishers/anthropic/models/claude-opus-5", true, Wire.Chat, "claude-opus-5:streamRawPredict")]
    [InlineData("claude-opus-5", false, Wire.TokenCount, "count-tokens:rawPredict")]
    public void Claude_is_known_by_its_name_and_has_addresses_of_its_own(
        string model, bool stream, object asked, string expected)
    {
        var adapter = Vertex().For(model);

        Assert.Equal(
            At + expected, adapter.AddressOf(Written.Target(adapter, model, (Wire)asked, stream)).AbsoluteUri);
        Assert.Null(adapter.WireFor(Wire.Embeddings));
    }

    [Theory]
    [InlineData("gemini-2.5-pro")]
    [InlineData("publishers/google/models/gemini-2.5-pro")]
    [InlineData("endpoints/123")]
    public void All_other_models_are_spoken_to_as_Googles(string model) =>
        Assert.Equal(Wire.Gemini, Vertex().For(model).WireFor(Wire.Messages));

    [Theory]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[]}""", false,
        """{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"messages":[]}""")]
    [InlineData("""{ "max_tokens" : 9, "messages" : [ ], "model" : "m" }""", false,
        """{ "max_tokens" : 9, "messages" : [ ], "anthropic_version":"vertex-2023-10-16" }""")]
    [InlineData("""{"model": "m","messages":[]}""", true,
        """{"model": "claude-opus-5","anthropic_version":"vertex-2023-10-16","messages":[]}""")]
    public void The_body_says_the_version_and_the_address_the_model(string body, bool isCount, string expected) =>
        Assert.Equal(expected, Sent(body, isCount));

    [Fact]
    public void A_version_in_the_body_is_refused()
    {
        var refusal = Assert.Throws<TranslationException>(
            () => Sent("""{"model":"m","max_tokens":9,"messages":[],"anthropic_version":"mine"}"""));

        Assert.Equal("anthropic_version", refusal.Param);
    }

    [Fact]
    public async Task A_call_has_Googles_token_and_no_version_of_Anthropics()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At);
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Headers.Add("anthropic-beta", "mine");

        await Vertex().For("claude-opus-5").AuthorizeAsync(request, default, TestContext.Current.CancellationToken);

        Assert.Equal("Bearer ya29.token-1", request.Headers.Authorization?.ToString());
        Assert.Equal("mine", request.Headers.GetValues("anthropic-beta").Single());
        Assert.False(request.Headers.Contains("anthropic-version"));
    }

    [Theory]
    [InlineData(429, """{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota exceeded"}}""",
        ProviderFaultKind.RateLimited)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}""",
        ProviderFaultKind.ContextLengthExceeded)]
    [InlineData(401, """[{"error":{"code":401,"status":"UNAUTHENTICATED"}}]""", ProviderFaultKind.Authentication)]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""",
        ProviderFaultKind.Overloaded)]
    public void Refusals_of_both_are_understood(int status, string body, object kind)
    {
        using var refusal = new HttpResponseMessage((HttpStatusCode)status);

        var fault = Vertex().For("claude-opus-5").ReadFault(status, refusal.Headers, Encoding.UTF8.GetBytes(body));

        Assert.Equal((ProviderFaultKind)kind, fault.Kind);
    }

    private string Sent(string body, bool isCount = false)
    {
        var adapter = Vertex().For("claude-opus-5");
        var request = MessagesRequest.Read(Encoding.UTF8.GetBytes(body), isCount, out _)!;
        var wire = isCount ? Wire.TokenCount : Wire.Messages;
        var changes = adapter.ChangesFor(Written.Target(adapter, "claude-opus-5", wire));
        using var output = new PooledBuffer(256);
        request.WriteTo(output, in changes);
        return Encoding.UTF8.GetString(output.Span);
    }

    private VertexAdapter Vertex()
    {
        var provider = Written.Provider("vertex", new Uri("https://aiplatform.googleapis.com")) with
        {
            Project = "a-project",
            Location = "global",
        };
        var credential = new Secret(_endpoint.KeyFile());
        return new VertexAdapter(provider, credential, _tokens.Open(provider, credential));
    }
}
