using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit.Providers;
using static LlmPlatform.Edge.Tests.Requests.AnswerTests;
using static LlmPlatform.Edge.Tests.Routing.RoutedEdge;

namespace LlmPlatform.Edge.Tests.Routing;

/// <summary>A call goes to a deployment that can do what it needs, whichever protocol says so.</summary>
public sealed class CapabilityTests(EdgeUnderTest first) : IAsyncLifetime
{
    private const string Tools =
        """
        ,"tools":[{"type":"function","name":"f","function":{"name":"f","parameters":{"type":"object"}}}]
        """;

    private const string Picture =
        """
        ,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]
        """;

    private const string Text = """,  "messages":[{"role":"user","content":"hi"}]""";

    private FakeProvider _provider = null!;
    private RoutedEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _edge = await RoutedEdge.StartAsync(first, new RoutingSnapshot
        {
            Version = 1,
            Providers = [Provider("plain", _provider.BaseUrl), Provider("able", _provider.BaseUrl)],
            Models =
            [
                Capable("both", "plain", "able"),
                Capable("poor", "plain"),
                Model("roomy", "able"),
                Capable("narrow", "plain") with { ContextWindowFallbacks = ["roomy"] },
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData(Text, "plain")]
    [InlineData(Text + Tools, "able")]
    [InlineData(Picture, "able")]
    [InlineData(Text + ""","max_tokens":101""", "able")]
    public async Task A_deployment_that_cannot_is_passed_over(string more, string provider)
    {
        using var answer = await ChatAsync("both", more);
        Assert.Equal((HttpStatusCode.OK, provider), (answer.StatusCode, Header(answer, "X-Provider")));
        Assert.Null(Header(answer, "X-Model-Fallback"));
    }

    [Theory]
    [InlineData(Text + Tools, "invalid_request", "takes no tools")]
    [InlineData(Picture, "invalid_request", "sees no pictures")]
    [InlineData(Text + ""","max_tokens":101""", "invalid_request", "lower the bound")]
    public async Task Where_none_can_the_caller_is_told_what_it_is(string more, string code, string says)
    {
        using var answer = await ChatAsync("poor", more);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Contains(says, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_beyond_the_window_is_not_sent_to_be_refused_and_a_picture_is_no_prompt()
    {
        var prompt = new string('x', 200) + " ";
        var words = $$"""
            ,"messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat(prompt, 40))}}"}]
            """;
        using var tooLong = await ChatAsync("poor", words);
        Assert.Equal(
            "context_length_exceeded", (await EdgeUnderTest.ErrorOfAsync(tooLong)).GetProperty("code").GetString());

        using var roomy = await ChatAsync("narrow", words);
        Assert.Equal(
            ("roomy", "context_window"), (Header(roomy, "X-Model"), Header(roomy, "X-Fallback-Reason")));

        var needs = RequestNeeds.Of(Encoding.UTF8.GetBytes(
            $$$"""{"messages":[{"content":[{"type":"image","source":{"data":"{{{new string('A', 9000)}}}"}}]}]}"""));
        Assert.Equal(new RequestNeeds(false, true, 9000, 1600), needs);
    }

    private static RoutedModel Capable(string name, params string[] providers)
    {
        var model = Model(name, providers);
        return model with
        {
            Deployments =
            [
                .. model.Deployments.Select(deployment => deployment.Provider == "able" ? deployment : deployment with
                {
                    Tools = false,
                    Vision = false,
                    MaxOutputTokens = 100,
                    ContextWindow = 1000,
                }),
            ],
        };
    }

    private async Task<HttpResponseMessage> ChatAsync(string model, string more)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"model":"{{model}}"{{more}}}"""));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await _edge.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
