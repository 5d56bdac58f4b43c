using System.Net;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit.Providers;
using static LlmPlatform.Edge.Tests.Requests.AnswerTests;
using static LlmPlatform.Edge.Tests.Routing.RoutedEdge;

namespace LlmPlatform.Edge.Tests.Routing;

/// <summary>What follows a failed attempt, and what is left alone after it.</summary>
public sealed class FailoverTests(EdgeUnderTest first) : IAsyncLifetime
{
    private const string TooLong =
        """{"error":{"message":"too long","param":"messages","code":"context_length_exceeded"}}""";

    private const string Forbidden =
        """{"error":{"message":"no","code":"content_policy_violation","type":"invalid_request_error"}}""";

    private FakeProvider _good = null!;
    private FakeProvider _bad = null!;
    private RoutedEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _good = await FakeProvider.StartAsync();
        _bad = await FakeProvider.StartAsync();
        _edge = await RoutedEdge.StartAsync(first, Routes());
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _good.DisposeAsync();
        await _bad.DisposeAsync();
    }

    [Fact]
    public async Task The_only_deployment_is_tried_again_as_often_as_its_model_says()
    {
        _bad.RefuseNext(2, 503, model: "again");
        using var served = await _edge.ChatAsync("again");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal(["1", "2", "3"], _bad.Ledger.Attempts.Select(attempt => attempt.Attempt));

        _bad.RefuseNext(3, 503, model: "again");
        using var refused = await _edge.ChatAsync("again");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(6, _bad.Ledger.Attempts.Count);
    }

    [Fact]
    public async Task What_the_configuration_leaves_out_is_not_followed_by_another_attempt()
    {
        _bad.RefuseNext(1, 500, model: "picky");
        using var refused = await _edge.ChatAsync("picky");
        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);

        _bad.RefuseNext(1, 429, model: "picky");
        using var served = await _edge.ChatAsync("picky");
        Assert.Equal(("good", "http_429"), (Header(served, "X-Provider"), Header(served, "X-Fallback-Reason")));
    }

    [Theory]
    [InlineData(TooLong, "roomy", "context_window")]
    [InlineData(Forbidden, "lenient", "content_policy")]
    public async Task A_request_the_model_refuses_goes_to_the_fallbacks_for_just_that(
        string refusal, string model, string reason)
    {
        first.Raw.Whole($"strict-{reason}", 400, refusal);
        using var answer = await _edge.ChatAsync($"strict-{reason}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            (model, "true", reason),
            (Header(answer, "X-Model"), Header(answer, "X-Model-Fallback"), Header(answer, "X-Fallback-Reason")));
    }

    [Fact]
    public async Task A_deployment_that_asks_to_be_left_alone_is()
    {
        _bad.RefuseNext(1, 429, retryAfter: TimeSpan.FromSeconds(60), model: "cooled");
        for (var call = 0; call < 5; call++)
        {
            using var answer = await _edge.ChatAsync("cooled");
            Assert.Equal("good", Header(answer, "X-Provider"));
        }

        Assert.Single(_bad.Ledger.Attempts, attempt => attempt.Model == "cooled");
    }

    [Fact]
    public async Task With_every_circuit_open_callers_are_told_when_to_come_again()
    {
        _bad.RefuseNext(5, 500, model: "alone");
        for (var call = 0; call < 5; call++)
        {
            using var failed = await _edge.ChatAsync("alone");
            Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        }

        using var refused = await _edge.ChatAsync("alone");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(
            "circuit_open", (await EdgeUnderTest.ErrorOfAsync(refused)).GetProperty("code").GetString());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(5, _bad.Ledger.Attempts.Count);
        Assert.True(_edge.Signals.Of("bad", "alone").IsOpen);
    }

    [Fact]
    public async Task Rules_read_headers_and_personal_data_of_the_call()
    {
        using var tagged = await _edge.ChatAsync("plain", headers: ("X-Tags", "when=night, batch=1"));
        using var personal = await _edge.ChatAsync("plain", content: "write to ann@example.com");
        using var plain = await _edge.ChatAsync("plain");
        using var refused = await _edge.ChatAsync("plain", headers: ("X-Latency-Class", "never"));
        using var direct = await _edge.ChatAsync("bad:plain");

        Assert.Equal(("roomy", null), (Header(tagged, "X-Model"), Header(tagged, "X-Model-Fallback")));
        Assert.Equal("bad", Header(personal, "X-Provider"));
        Assert.Equal("good", Header(plain, "X-Provider"));
        Assert.Equal(("bad", null), (Header(direct, "X-Provider"), Header(direct, "X-Model-Fallback")));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("route_refused", (await EdgeUnderTest.ErrorOfAsync(refused)).GetProperty("code").GetString());
    }

    private RoutingSnapshot Routes() => new()
    {
        Version = 1,
        Providers =
        [
            Provider("good", _good.BaseUrl), Provider("raw", first.Raw.BaseUrl),
            Provider("bad", _bad.BaseUrl) with { Local = true, CircuitRecovery = TimeSpan.FromMinutes(5) },
        ],
        Models =
        [
            Model("again", "bad") with
            {
                Failover = new RoutedFailover { Retries = 2, Backoff = TimeSpan.FromMilliseconds(5) },
            },
            Model("picky", "bad", "good") with { Failover = new RoutedFailover { On = ["429", "connect"] } },
            Model("strict-context_window", "raw") with { ContextWindowFallbacks = ["roomy"], Fallbacks = ["lenient"] },
            Model("strict-content_policy", "raw") with { ContentPolicyFallbacks = ["lenient"], Fallbacks = ["roomy"] },
            Model("roomy", "good"), Model("lenient", "good"), Model("cooled", "bad", "good"), Model("alone", "bad"),
            Model("plain", "good", "bad"),
        ],
        Rules =
        [
            new RoutedRule { Position = 1, Tag = "batch", UseModel = "roomy" },
            new RoutedRule { Position = 2, Pii = true, UseLocal = true },
            new RoutedRule { Position = 3, LatencyClass = "never", Refuse = "Not at all." },
        ],
    };
}
