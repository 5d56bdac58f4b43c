using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LlmPlatform.Edge.Idempotency;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Tests.Idempotency;

/// <summary>A call that is repeated with its idempotency key is answered as it was, and made once.</summary>
public sealed class IdempotencyTests(EdgeUnderTest edge)
{
    private const string Chat = "/v1/chat/completions";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Chat, false)]
    [InlineData(Chat, true)]
    [InlineData("/v1/responses", true)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/embeddings", false)]
    public async Task A_repeat_has_the_same_answer_byte_for_byte_and_costs_nothing(string route, bool stream)
    {
        var model = edge.NewModel("o");
        var body = BodyOf(route, model, stream);
        var key = NewKey(model);
        using var first = await SendAsync(key, body, route: route);
        var said = await first.Content.ReadAsStringAsync(Stop);
        Assert.True(first.IsSuccessStatusCode, said);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));

        using var second = await RepeatAsync(key, body, route);

        Assert.Equal(said, await second.Content.ReadAsStringAsync(Stop));
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.Equal((first.StatusCode, "0"), (second.StatusCode, Header(second, "X-Cost-Usd")));
        Assert.Equal(Header(first, "X-Provider"), Header(second, "X-Provider"));
        Assert.Equal(Header(first, "X-Request-Id"), Header(second, "Idempotency-Original-Request"));
        Assert.NotEqual(Header(first, "X-Request-Id"), Header(second, "X-Request-Id"));
        Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
        Assert.Empty((await edge.RecordsOfAsync(second)).Usage);
    }

    [Fact]
    public async Task The_same_key_with_anything_else_is_refused()
    {
        var model = edge.NewModel("m");
        var key = NewKey(model);
        var body = EdgeUnderTest.Body(model, more: ",\"max_tokens\":5");
        using var first = await SendAsync(key, body);
        using var other = await SendAsync(key, EdgeUnderTest.Body(model, more: ",\"seed\":1"));
        await RefusedAsync(other, HttpStatusCode.BadRequest, "idempotency_key_reused");
        using var elsewhere = await SendAsync(key, body, route: "/v1/messages");
        await RefusedAsync(elsewhere, HttpStatusCode.BadRequest, "idempotency_key_reused");

        using var stranger = await SendAsync(key, body, Landscape.Tracked);
        Assert.Equal(HttpStatusCode.OK, stranger.StatusCode);
        Assert.False(stranger.Headers.Contains("Idempotency-Replayed"), "a key belongs to one virtual key");
    }

    [Fact]
    public async Task While_the_first_call_runs_a_repeat_is_asked_to_come_again()
    {
        var model = edge.NewModel("m");
        var goOn = new TaskCompletionSource();
        edge.First.ScriptModel(
            model, new ProviderScript { BeforeChunk = (_, left) => goOn.Task.WaitAsync(left) });
        var body = EdgeUnderTest.Body(model, stream: true);
        var key = NewKey(model);
        var running = SendAsync(key, body);
        await Eventually.UntilAsync(
            () => Task.FromResult(edge.First.Ledger.Attempts.Any(attempt => attempt.Model == model)),
            Patience, "the first call runs", Stop);

        using var early = await SendAsync(key, body);
        await RefusedAsync(early, HttpStatusCode.Conflict, "idempotency_key_in_use");
        Assert.NotNull(early.Headers.RetryAfter);
        goOn.SetResult();
        using var first = await running;
        using var late = await RepeatAsync(key, body);
        Assert.Equal(await first.Content.ReadAsStringAsync(Stop), await late.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_caller_that_lost_its_stream_gets_all_of_it_with_a_repeat()
    {
        var model = edge.NewModel("m");
        edge.First.ScriptModel(
            model, new ProviderScript { Chunks = 20, DelayPerChunk = TimeSpan.FromMilliseconds(50) });
        var body = EdgeUnderTest.Body(model, stream: true);
        var key = NewKey(model);
        using (var first = await SendAsync(key, body))
        {
            var read = await first.Content.ReadAsStreamAsync(Stop);
            Assert.True(await read.ReadAsync(new byte[10], Stop) > 0);
        }

        using var second = await RepeatAsync(key, body);
        var text = await second.Content.ReadAsStringAsync(Stop);

        Assert.EndsWith("data: [DONE]\n\n", text);
        Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(200)]
    public async Task What_failed_is_not_kept(int status)
    {
        var model = edge.NewModel("r");
        var body = EdgeUnderTest.Body(model, stream: status == 200);
        var key = NewKey(model);
        var asked = 0;
        edge.Raw.Answer(model, async http =>
        {
            asked++;
            http.Response.StatusCode = status;
            http.Response.ContentType = status == 200 ? "text/event-stream" : "application/json";
            const string failure = "{\"error\":{\"message\":\"m\"}}";
            var answer = status == 200
                ? "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: " + failure + "\n\n"
                : failure;
            await http.Response.WriteAsync(answer);
        });

        using var first = await SendAsync(key, body);
        await first.Content.ReadAsStringAsync(Stop);
        using var second = await FreedAsync(key, body);

        Assert.False(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task What_the_provider_finds_wrong_with_the_request_is_kept()
    {
        var model = edge.NewModel("r");
        var asked = 0;
        edge.Raw.Answer(model, async http =>
        {
            asked++;
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("{\"error\":{\"message\":\"wrong\",\"type\":\"invalid_request_error\"}}");
        });
        var key = NewKey(model);
        using var first = await SendAsync(key, EdgeUnderTest.Body(model));
        using var second = await RepeatAsync(key, EdgeUnderTest.Body(model));

        Assert.Equal((first.StatusCode, 1), (second.StatusCode, asked));
        Assert.Contains("wrong", await second.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task What_the_gateway_refused_cost_nothing_and_is_judged_anew()
    {
        var key = NewKey("refused");
        using var first = await SendAsync(key, EdgeUnderTest.Body("no-such-model"));
        await RefusedAsync(first, HttpStatusCode.NotFound, "model_not_found");
        using var second = await FreedAsync(key, EdgeUnderTest.Body("no-such-model"));

        await RefusedAsync(second, HttpStatusCode.NotFound, "model_not_found");
    }

    [Theory]
    [InlineData("")]
    [InlineData("256")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        var text = key.Length == 0 ? "" : new string('k', int.Parse(key));
        using var answer = await SendAsync(text, EdgeUnderTest.Body(edge.NewModel("m")));

        await RefusedAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Nothing_in_Redis_tells_what_was_asked_or_answered()
    {
        const string canary = "canary-of-an-idempotent-prompt";
        var model = edge.NewModel("m");
        var key = NewKey(canary);
        var body = EdgeUnderTest.Body(model).Replace("\"hi\"", $"\"{canary}\"", StringComparison.Ordinal);
        using var first = await SendAsync(key, body);
        var answer = await first.Content.ReadAsStringAsync(Stop);
        using var second = await RepeatAsync(key, body);

        await using var redis = edge.NewRedisClient();
        await redis.WaitUntilConnectedAsync(Stop);
        var keys = await redis.ExecuteAsync("KEYS", ["idem:*"], Stop);
        Assert.NotEmpty(keys.Items.ToArray());
        foreach (var name in keys.Items.ToArray())
        {
            var value = await redis.ExecuteAsync("GET", [name.AsString()!], Stop);
            var text = name.AsString() + (value.IsNil ? "" : Encoding.Latin1.GetString(value.AsUtf8()));
            Assert.DoesNotContain(canary, text, StringComparison.Ordinal);
            Assert.DoesNotContain("chat.completion", text, StringComparison.Ordinal);
        }

        Assert.Contains("chat.completion", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edge_that_dies_frees_its_key_after_a_lease()
    {
        await using var redis = edge.NewRedisClient();
        await redis.WaitUntilConnectedAsync(Stop);
        var store = new IdempotencyStore(redis, new IdempotencyOptions { Lease = TimeSpan.FromSeconds(3) });
        var key = "idem:" + NewKey("dies");
        Assert.Null(await store.ClaimAsync(key, [1, 2], Stop));
        Assert.Equal([1, 2], await store.ClaimAsync(key, [3, 4], Stop));

        await Eventually.UntilAsync(
            async () => await store.ClaimAsync(key, [3, 4], Stop) is null, Patience, "the lease has run out", Stop);

        // The one that was thought dead comes back: what it says of the key changes nothing.
        await store.ReplaceAsync(key, [1, 2], [9], TimeSpan.FromMinutes(1));
        Assert.Equal([3, 4], await store.ClaimAsync(key, [5, 6], Stop));
    }

    private static string NewKey(string name) => $"{name}-{Path.GetRandomFileName()}";

    private static string BodyOf(string route, string model, bool stream) => route switch
    {
        "/v1/responses" => $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"input":"hi"}""",
        "/v1/embeddings" => $$"""{"model":"{{model}}","input":"hi"}""",
        "/v1/messages" =>
            $$"""{"model":"{{model}}","max_tokens":50,"messages":[{"role":"user","content":"hi"}]}""",
        _ => EdgeUnderTest.Body(model, stream),
    };

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Contains($"\"code\":\"{code}\"", text, StringComparison.Ordinal);
    }

    // The answer is kept in the moment after the caller has it.
    private async Task<HttpResponseMessage> RepeatAsync(string key, string body, string route = Chat)
    {
        var answer = await FreedAsync(key, body, route);
        Assert.Equal("true", Header(answer, "Idempotency-Replayed"));
        return answer;
    }

    private async Task<HttpResponseMessage> FreedAsync(string key, string body, string route = Chat)
    {
        HttpResponseMessage? answer = null;
        await Eventually.UntilAsync(
            async () =>
            {
                answer?.Dispose();
                answer = await SendAsync(key, body, route: route);
                return answer.StatusCode != HttpStatusCode.Conflict;
            },
            Patience, "the key is no longer in use", Stop);
        return answer!;
    }

    private async Task<HttpResponseMessage> SendAsync(
        string key, string body, string secret = Landscape.Open, string route = Chat)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge.Address, route));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await edge.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }
}
