using System.Net;
using System.Text.Json;
using LlmPlatform.Edge.Tests.Identity;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Tests.Responses;

/// <summary>
/// What names a response goes to the provider that keeps it, for the tenant whose it is, and nowhere else.
/// </summary>
public sealed class StickyResponsesTests(EdgeUnderTest edge)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_follow_up_goes_to_the_provider_that_keeps_the_response(bool stream)
    {
        var model = edge.NewModel("away-");
        using var first = await SendAsync(edge, Body(model, stream));
        var id = await IdOfAsync(first);
        Assert.Equal("true", first.Headers.GetValues("X-Model-Fallback").Single());

        using var second = await SendAsync(edge, Body(model, stream, Follows(id)));

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal("openai-two", second.Headers.GetValues("X-Provider").Single());
        Assert.False(second.Headers.Contains("X-Model-Fallback"), "the provider that was away was not asked");
        var seen = edge.Second.Ledger.Attempts.Where(attempt => attempt.Model == model).ToList();
        Assert.Equal(id, seen[^1].Body.GetProperty("previous_response_id").GetString());
    }

    [Fact]
    public async Task A_follow_up_may_be_of_another_model_of_the_same_provider_and_of_no_other()
    {
        using var first = await SendAsync(edge, Body(edge.NewModel("away-")));
        var id = await IdOfAsync(first);

        using var same = await SendAsync(edge, Body(edge.NewModel("o"), more: Follows(id)));
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        Assert.Equal("openai-two", same.Headers.GetValues("X-Provider").Single());
        using var other = await SendAsync(edge, Body(edge.NewModel("kept-"), more: Follows(id)));
        var error = await RefusedAsync(other, HttpStatusCode.BadRequest, "previous_response_not_found");
        Assert.Contains("does not serve", error.GetProperty("message").GetString());
        using var compatible = await SendAsync(edge, Body(edge.NewModel("m"), more: Follows(id)));
        await RefusedAsync(compatible, HttpStatusCode.BadRequest, "previous_response_not_found");
    }

    [Fact]
    public async Task To_another_tenant_and_to_an_unknown_id_there_is_no_such_response()
    {
        var model = edge.NewModel("o");
        using var first = await SendAsync(edge, Body(model));
        var id = await IdOfAsync(first);

        using var stranger = await SendAsync(edge, Body(model, more: Follows(id)), Landscape.Tracked);
        var error = await RefusedAsync(stranger, HttpStatusCode.BadRequest, "previous_response_not_found");
        Assert.Equal("previous_response_id", error.GetProperty("param").GetString());
        using var unknown = await SendAsync(edge, Body(model, more: Follows("resp_unknown")));
        await RefusedAsync(unknown, HttpStatusCode.BadRequest, "previous_response_not_found");
        Assert.Single(edge.First.Ledger.Attempts, attempt => attempt.Model == model);
    }

    [Fact]
    public async Task A_key_that_may_not_ask_the_model_may_not_read_what_it_said()
    {
        var asked = edge.NewModel("away-");
        using var first = await SendAsync(edge, Body(asked));
        var id = await IdOfAsync(first);
        var narrow = await edge.AdminAsync(
            HttpMethod.Post, "keys", new { name = $"narrow-{asked}", tenant = "open", models = new[] { "m*" } });
        var secret = narrow.Answer.GetProperty("key").GetString()!;
        await edge.ReachesAsync(secret, HttpStatusCode.OK);

        using var own = await edge.GetAsync($"/v1/responses/{id}");
        using var narrowed = await edge.GetAsync($"/v1/responses/{id}", secret);

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        await RefusedAsync(narrowed, HttpStatusCode.Forbidden, "model_not_allowed");
    }

    [Fact]
    public async Task A_response_that_nobody_was_to_keep_cannot_be_continued()
    {
        var model = edge.NewModel("o");
        using var first = await SendAsync(edge, Body(model, more: ",\"store\":false"));
        using var second = await SendAsync(edge, Body(model, more: Follows(await IdOfAsync(first))));

        await RefusedAsync(second, HttpStatusCode.BadRequest, "previous_response_not_found");
    }

    [Fact]
    public async Task What_the_provider_adds_to_the_input_is_held_and_estimated_with_it()
    {
        var model = edge.NewModel("o");
        using var first = await SendAsync(edge, Body(model));
        var id = await IdOfAsync(first);
        await edge.RecordsOfAsync(first);
        edge.First.ScriptModel(model, new ProviderScript { OmitUsage = true });

        // The tokens are written beside the answer: the first follow-ups may come before them.
        await Eventually.UntilAsync(
            async () =>
            {
                using var second = await SendAsync(edge, Body(model, more: Follows(id)));
                await second.Content.ReadAsStringAsync(Stop);
                var usage = Assert.Single((await edge.RecordsOfAsync(second)).Usage);
                var added = usage.Tokens.InputUncached - 150;

                // The first answer taught what the bytes of a request make: 100 tokens of some 50.
                return added is >= 100 and < 250;
            },
            TimeSpan.FromSeconds(60),
            "the input is estimated with the 150 tokens of the response before it",
            Stop);
    }

    [Fact]
    public async Task Without_Redis_a_response_is_served_and_what_names_one_is_asked_to_come_again()
    {
        await using var lonely = new EdgeUnderTest();
        await lonely.InitializeAsync();
        using var first = await SendAsync(lonely, Body("o1"));
        var id = await IdOfAsync(first);
        await lonely.Redis.KillAsync(RealServer.Redis);

        using var second = await SendAsync(lonely, Body("o1", more: Follows(id)));
        await RefusedAsync(second, HttpStatusCode.ServiceUnavailable, "responses_unavailable");
        Assert.NotNull(second.Headers.RetryAfter);
        using var read = await lonely.GetAsync("/v1/responses/" + id);
        await RefusedAsync(read, HttpStatusCode.ServiceUnavailable, "responses_unavailable");
        using var fresh = await SendAsync(lonely, Body("o1"));
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
    }

    [Fact]
    public async Task A_kept_response_is_read_cancelled_and_deleted_at_its_provider_by_its_tenant()
    {
        var id = await KeptAsync(edge.NewModel("kept-"));
        var asked = new List<string>();
        foreach (var rest in (string[])["", "/cancel", "/input_items"])
        {
            edge.Raw.AnswerPath($"/v1/responses/{id}{rest}", async http =>
            {
                asked.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{\"object\":\"theirs\"}");
            });
        }

        foreach (var (method, rest) in ((HttpMethod, string)[])
        [
            (HttpMethod.Get, "?include[]=a%26b&limit=2&api-version=theirs"), (HttpMethod.Post, "/cancel"),
            (HttpMethod.Get, "/input_items?after=x"), (HttpMethod.Delete, ""),
        ])
        {
            using var stranger = await edge.SendAsync(
                method, $"/v1/responses/{id}{rest}", Landscape.Tracked, null, Stop);
            await RefusedAsync(stranger, HttpStatusCode.NotFound, "not_found");
            using var answer = await edge.SendAsync(method, $"/v1/responses/{id}{rest}", Landscape.Open, null, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("{\"object\":\"theirs\"}", await answer.Content.ReadAsStringAsync(Stop));
            Assert.Equal("openai-raw", answer.Headers.GetValues("X-Provider").Single());
            var (completed, usage) = await edge.RecordsOfAsync(answer);
            Assert.Equal(("/v1/responses/{id}", 200, 0), (completed.Route, completed.Status, usage.Count));
        }

        Assert.Equal(
            [
                $"GET /v1/responses/{id}?include%5B%5D=a%26b&limit=2", $"POST /v1/responses/{id}/cancel",
                $"GET /v1/responses/{id}/input_items?after=x", $"DELETE /v1/responses/{id}",
            ],
            asked);
        await Eventually.UntilAsync(
            async () =>
            {
                using var gone = await edge.GetAsync("/v1/responses/" + id);
                return gone.StatusCode == HttpStatusCode.NotFound;
            },
            TimeSpan.FromSeconds(60),
            "what was deleted is forgotten",
            Stop);
    }

    [Theory]
    [InlineData(404, HttpStatusCode.NotFound, "not_found")]
    [InlineData(401, HttpStatusCode.BadGateway, "upstream_error")]
    [InlineData(429, HttpStatusCode.ServiceUnavailable, "upstream_unavailable")]
    [InlineData(500, HttpStatusCode.BadGateway, "upstream_error")]
    [InlineData(400, HttpStatusCode.BadRequest, "their_code")]
    public async Task What_its_provider_refuses_is_said_without_what_is_ours(
        int status, HttpStatusCode said, string code)
    {
        var id = await KeptAsync(edge.NewModel("kept-"));
        edge.Raw.AnswerPath($"/v1/responses/{id}/cancel", async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"error":{"message":"theirs","code":"their_code"}}""");
        });
        using var answer = await edge.SendAsync(
            HttpMethod.Post, $"/v1/responses/{id}/cancel", Landscape.Open, null, Stop);

        await RefusedAsync(answer, said, code);
    }

    [Fact]
    public async Task Other_methods_are_named_and_a_key_is_asked_for()
    {
        using var put = await edge.SendAsync(HttpMethod.Put, "/v1/responses/resp_1", Landscape.Open, "{}", Stop);
        await RefusedAsync(put, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal(["GET", "DELETE"], put.Content.Headers.Allow);
        using var nobody = await edge.SendAsync(HttpMethod.Get, "/v1/responses/resp_1", null, null, Stop);
        await RefusedAsync(nobody, HttpStatusCode.Unauthorized, "invalid_api_key");
    }

    private async Task<string> KeptAsync(string model)
    {
        var id = "resp_of_" + model;
        edge.Raw.Whole(
            model, 200, $"{{\"id\":\"{id}\",\"output\":[],\"usage\":{{\"input_tokens\":1,\"output_tokens\":1}}}}");
        using var made = await SendAsync(edge, Body(model));
        Assert.Equal(id, await IdOfAsync(made));
        return id;
    }

    private static string Follows(string id) => $",\"previous_response_id\":\"{id}\"";

    private static string Body(string model, bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}}{{more}},"input":"hi"}""";

    private static async Task<string> IdOfAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var body = JsonDocument.Parse(text.StartsWith('{') ? text : text.Split('\n')[1]["data: ".Length..]);
        return body.RootElement.TryGetProperty("response", out var response)
            ? response.GetProperty("id").GetString()!
            : body.RootElement.GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal(code, error.GetProperty("code").GetString());
        return error;
    }

    private static Task<HttpResponseMessage> SendAsync(
        EdgeUnderTest at, string body, string key = Landscape.Open) =>
        at.SendAsync(HttpMethod.Post, "/v1/responses", key, body, Stop);
}
