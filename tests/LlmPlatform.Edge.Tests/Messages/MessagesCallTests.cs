using System.Net;
using System.Text.Json;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Tests.Messages;

/// <summary>Anthropic's callers and Anthropic: what passes between them, and what is billed.</summary>
public sealed class MessagesCallTests(EdgeUnderTest edge)
{
    private const string Start =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_7\",\"model\":\"c\","
        + "\"usage\":{\"input_tokens\":40,\"cache_creation_input_tokens\":6,\"cache_creation\":"
        + "{\"ephemeral_5m_input_tokens\":2,\"ephemeral_1h_input_tokens\":4},\"output_tokens\":1}}}\n\n";

    private const string Text =
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
        + "\"delta\":{\"type\":\"text_delta\",\"text\":\"twenty letters more.\"}}\n\n";

    private const string End =
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
        + "\"usage\":{\"output_tokens\":30}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    [Fact]
    public async Task A_whole_answer_passes_as_it_is_and_is_billed_by_the_providers_figures()
    {
        const string said =
            """
            {"id":"msg_1", "type":"message","content":[{"type":"text","text":"hi"}],"new":{},
             "usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":5}}
            """;
        var model = edge.NewModel("a");
        edge.Raw.Whole(model, 200, said);
        using var answer = await edge.MessagesAsync(
            Body(model), headers: [("anthropic-beta", "b1,b2"), ("anthropic-version", "2023-06-01"), ("x-other", "o")]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(said, await TextOf(answer));
        Assert.Equal(Header(answer, "X-Request-Id"), Header(answer, "request-id"));

        Assert.Equal(Body(model), edge.Raw.Received(model));
        var head = edge.Raw.HeadOf(model)!;
        Assert.Equal("/v1/messages", head.RequestUri!.OriginalString);
        Assert.Equal(Landscape.ProviderSecret, head.Headers.GetValues("x-api-key").Single());
        Assert.Equal("2023-06-01", head.Headers.GetValues("anthropic-version").Single());
        Assert.Equal("b1,b2", string.Join(",", head.Headers.GetValues("anthropic-beta")));
        Assert.False(head.Headers.Contains("x-other"));
        Assert.DoesNotContain(Landscape.Open, head.Headers.ToString(), StringComparison.Ordinal);

        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(new TokenUsage { InputUncached = 3, CacheRead = 4, OutputText = 5 }, record.Tokens);
        Assert.Equal(
            ("messages", "msg_1", UsageSources.Provider),
            (record.Operation, record.ProviderRequestId, record.UsageSource));
        Assert.Equal("""{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":5}""", record.RawUsage);
    }

    [Fact]
    public async Task A_stream_passes_as_it_is_and_is_billed_by_its_last_figures()
    {
        var model = edge.NewModel("a");
        edge.Raw.Stream(model, Start[..50], Start[50..] + Text[..30], Text[30..], End);
        using var answer = await edge.MessagesAsync(Body(model, stream: true));

        Assert.Equal(Start + Text + End, await TextOf(answer));
        Assert.Equal("text/event-stream; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal(
            new TokenUsage { InputUncached = 40, CacheWrite5m = 2, CacheWrite1h = 4, OutputText = 30 }, record.Tokens);
        Assert.Equal((UsageOutcomes.Completed, "msg_7"), (record.Outcome, record.ProviderRequestId));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_ends_with_an_error_and_is_billed_for_what_passed()
    {
        var model = edge.NewModel("a");
        edge.Raw.Stream(model, Start, Text);
        using var answer = await edge.MessagesAsync(Body(model, stream: true));
        var text = await TextOf(answer);

        Assert.StartsWith(Start + Text + "event: error\ndata: ", text, StringComparison.Ordinal);
        using var error = JsonDocument.Parse(text[(text.LastIndexOf("data: ", StringComparison.Ordinal) + 6)..]);
        Assert.Equal("api_error", error.RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("upstream_error", error.RootElement.GetProperty("error").GetProperty("code").GetString());

        var record = Assert.Single((await edge.RecordsOfAsync(answer)).Usage);
        Assert.Equal((40, 2, 4), (record.Tokens.InputUncached, record.Tokens.CacheWrite5m, record.Tokens.CacheWrite1h));
        Assert.Equal((5, UsageSources.GatewayCounted), (record.Tokens.OutputText, record.UsageSource));
        Assert.Equal(UsageOutcomes.UpstreamFailed, record.Outcome);
    }

    [Fact]
    public async Task An_error_inside_a_stream_passes_and_what_passed_before_it_is_billed()
    {
        var error = $"event: error\ndata: {Error("overloaded_error", "Overloaded")}\n\n";
        var model = edge.NewModel("a");
        edge.Raw.Stream(model, Start, Text + error);
        using var answer = await edge.MessagesAsync(Body(model, stream: true));

        Assert.Equal(Start + Text + error, await TextOf(answer));
        var (completed, usage) = await edge.RecordsOfAsync(answer);
        Assert.Equal("upstream_error", completed.ErrorCode);
        Assert.Equal(5, Assert.Single(usage).Tokens.OutputText);
        Assert.Equal(UsageOutcomes.UpstreamFailed, usage[0].Outcome);
    }

    [Theory]
    [InlineData(529, "overloaded_error", 503, "overloaded_error", "upstream_unavailable")]
    [InlineData(429, "rate_limit_error", 503, "overloaded_error", "upstream_unavailable")]
    [InlineData(401, "authentication_error", 502, "api_error", "upstream_error")]
    [InlineData(500, "api_error", 502, "api_error", "upstream_error")]
    public async Task What_is_not_the_callers_fault_is_not_told_to_it(
        int theirs, string theirType, int status, string type, string code)
    {
        var model = edge.NewModel("a");
        edge.Raw.Whole(model, theirs, Error(theirType, "about account 1234"));
        using var answer = await edge.MessagesAsync(Body(model));

        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal((status, type, code),
            ((int)answer.StatusCode, error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        Assert.DoesNotContain("1234", error.GetRawText(), StringComparison.Ordinal);
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
    }

    [Fact]
    public async Task What_Anthropic_says_of_the_callers_own_request_passes_as_it_is()
    {
        var model = edge.NewModel("a");
        var said = Error("invalid_request_error", "messages: at least one message is required");
        edge.Raw.Whole(model, 400, said);
        using var answer = await edge.MessagesAsync(Body(model, stream: true));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(said, await TextOf(answer));
    }

    [Fact]
    public async Task An_error_in_the_place_of_a_stream_is_a_refusal()
    {
        var model = edge.NewModel("a");
        edge.Raw.Stream(model, $"event: error\ndata: {Error("overloaded_error", "x")}\n\n");
        using var answer = await edge.MessagesAsync(Body(model, stream: true));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty((await edge.RecordsOfAsync(answer)).Usage);
    }

    [Theory]
    [InlineData("not-a-key", "", 401, "authentication_error", "invalid_api_key")]
    [InlineData(Landscape.Open, "nothing", 404, "not_found_error", "model_not_found")]
    [InlineData(Landscape.Narrow, "a1", 403, "permission_error", "model_not_allowed")]
    [InlineData(Landscape.Poor, "a1", 402, "billing_error", "budget_exceeded")]
    public async Task The_gateways_own_refusals_have_Anthropics_shape(
        string key, string model, int status, string type, string code)
    {
        using var answer = await edge.MessagesAsync(Body(model.Length == 0 ? "a1" : model), key);

        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal((status, type, code),
            ((int)answer.StatusCode, error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_request_without_its_bound_is_refused_by_name()
    {
        using var answer = await edge.MessagesAsync("""{"model":"a1","messages":[]}""");

        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("max_tokens", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Another_method_is_refused_in_Anthropics_shape()
    {
        using var answer = await edge.GetAsync("/v1/messages");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        var error = await EdgeUnderTest.ErrorOfAsync(answer);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    private static string Body(string model, bool stream = false) =>
        $$"""{"model":"{{model}}","max_tokens":64,"stream":{{(stream ? "true" : "false")}},"""
        + """ "messages":[{"role":"user","content":"hi"}]}""";

    private static string Error(string type, string message) =>
        $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"req_9"}""";

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static Task<string> TextOf(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
