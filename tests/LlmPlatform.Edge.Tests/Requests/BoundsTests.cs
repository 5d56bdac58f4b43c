using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>What callers may send, how often at once, and what they are told when it is too much.</summary>
public sealed class BoundsTests(EdgeUnderTest edge)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"#\"}]")]
    [InlineData(
        "/v1/chat/completions",
        "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"#\"}]}]")]
    [InlineData("/v1/completions", "\"prompt\":[\"a\",\"#\"]")]
    [InlineData("/v1/responses", "\"input\":\"#\"")]
    [InlineData("/v1/responses", "\"input\":\"a\",\"instructions\":\"#\"")]
    [InlineData("/v1/embeddings", "\"input\":[\"#\"]")]
    [InlineData(
        "/v1/messages",
        "\"max_tokens\":5,\"system\":\"#\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]")]
    public async Task A_prompt_of_too_many_characters_is_refused_with_both_numbers(string route, string members)
    {
        var model = edge.NewModel("m");
        var prompt = new string('a', 400_001);
        var body = $"{{\"model\":\"{model}\",{members.Replace("#", prompt, StringComparison.Ordinal)}}}";
        using var answer = await edge.SendAsync(HttpMethod.Post, route, Landscape.Open, body, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var said = (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("message").GetString()!;
        Assert.Matches("400,00[12] characters; at most 400,000", said);
        Assert.DoesNotContain(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
    }

    [Fact]
    public async Task Pictures_are_no_characters()
    {
        var picture = "data:image/png;base64," + new string('A', 500_000);
        var body = $"{{\"model\":\"{edge.NewModel("m")}\",\"messages\":[{{\"role\":\"user\",\"content\":[{{\"type\":"
            + $"\"image_url\",\"image_url\":{{\"url\":\"{picture}\"}}}}]}}]}}";
        using var answer = await edge.ChatAsync(body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/embeddings")]
    public async Task A_body_that_is_nested_too_deep_is_told_so(string route)
    {
        var body = "{\"model\":\"m\",\"x\":" + new string('[', 100) + new string(']', 100) + "}";
        using var answer = await edge.SendAsync(HttpMethod.Post, route, Landscape.Open, body, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var said = (await EdgeUnderTest.ErrorOfAsync(answer)).GetProperty("message").GetString();
        Assert.Contains("deeper than 64 levels", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_are_bounded_in_number_and_size()
    {
        foreach (var (count, size) in ((int, int)[])[(120, 1), (1, 40_000)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(edge.Address, "/v1/models"));
            for (var i = 0; i < count; i++)
            {
                request.Headers.TryAddWithoutValidation($"X-Test-{i}", new string('a', size));
            }

            using var answer = await edge.Http.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_edge_of_its_own_bounds_streams_and_kept_answers()
    {
        await using var small = new EdgeUnderTest();
        small.Settings["Edge:Requests:MaxStreamsPerKey"] = "1";
        small.Settings["Edge:Idempotency:MaxAnswerBytes"] = "1024";
        await small.InitializeAsync();
        var goOn = new TaskCompletionSource();
        small.First.Script = new ProviderScript
        {
            BeforeChunk = (sent, left) => sent < 3 ? Task.CompletedTask : goOn.Task.WaitAsync(left),
        };

        using (var open = await small.ChatAsync(EdgeUnderTest.Body("m1", stream: true)))
        {
            using var second = await small.ChatAsync(EdgeUnderTest.Body("m1", stream: true));
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            var error = await EdgeUnderTest.ErrorOfAsync(second);
            Assert.Equal("rate_limit_exceeded", error.GetProperty("code").GetString());
            Assert.Equal("1", error.GetProperty("limit").GetString());
            Assert.NotNull(second.Headers.RetryAfter);
            using var whole = await small.ChatAsync(EdgeUnderTest.Body("m2"));
            Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
            using var other = await small.ChatAsync(EdgeUnderTest.Body("m1", stream: true), Landscape.Tracked);
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
            goOn.SetResult();
            await open.Content.ReadAsStringAsync(Stop);
        }

        small.First.Script = new ProviderScript { Chunks = 400 };
        using var large = await SendAsync(small, "large", EdgeUnderTest.Body("m3"));
        Assert.Equal("false", large.Headers.GetValues("Idempotency-Kept").Single());
        await Eventually(async () =>
        {
            using var repeat = await SendAsync(small, "large", EdgeUnderTest.Body("m3"));
            return (await repeat.Content.ReadAsStringAsync(Stop)).Contains("idempotency_answer_not_kept");
        });

        await small.Redis.KillAsync(RealServer.Redis);
        using var unknown = await SendAsync(small, "unknown", EdgeUnderTest.Body("m4"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.Equal(
            "idempotency_unavailable", (await EdgeUnderTest.ErrorOfAsync(unknown)).GetProperty("code").GetString());
        using var without = await small.ChatAsync(EdgeUnderTest.Body("m4"));
        Assert.Equal(HttpStatusCode.OK, without.StatusCode);
    }

    private static Task Eventually(Func<Task<bool>> condition) => TestKit.Eventually.UntilAsync(
        condition, TimeSpan.FromSeconds(60), "the key says that its answer was too large", Stop);

    private static async Task<HttpResponseMessage> SendAsync(EdgeUnderTest at, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(at.Address, "/v1/chat/completions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Landscape.Open);
        request.Headers.Add("Idempotency-Key", key);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await at.Http.SendAsync(request, Stop);
    }
}
