using System.Text.Json;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The npm package <c>@anthropic-ai/sdk</c>, whoever answers behind the platform.</summary>
public sealed class NpmAnthropicTests(SharedStages stages)
{
    private static readonly string[] _order =
    [
        "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta",
        "message_stop",
    ];

    public static TheoryData<string> All { get; } =
        new(Upstreams.OpenAi, Upstreams.Anthropic, Upstreams.Gemini, Upstreams.Bedrock);

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_talks_and_streams(string name)
    {
        var run = await RunAsync(name);
        Assert.Equal((SdkRun.Words, "end_turn"), (run.Text("message", "text"), run.Text("message", "stop")));
        Assert.Equal((100, 50), (run.Usage("message", "input_tokens"), run.Usage("message", "output_tokens")));
        Assert.Equal(SdkRun.Words, run.Text("image", "text"));
        Assert.Equal(SdkRun.Words, run.Text("system turn", "text"));
        Assert.Equal(SdkRun.Words, run.Text("stream", "text"));
        Assert.Equal(
            _order, run.Result("stream").GetProperty("events").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal((100, 50), (run.Usage("stream", "input_tokens"), run.Usage("stream", "output_tokens")));
        Assert.Equal("max_tokens", run.Text("length", "stop"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_calls_tools_and_gets_the_json_it_asks_for(string name)
    {
        var run = await RunAsync(name);
        foreach (var way in new[] { "", " streamed" })
        {
            AssertRound(run, "tools" + way, "weather");
            AssertRound(run, "parallel tools" + way, "weather", "clock");
        }

        var named = Assert.Single(run.Result("named tool").GetProperty("calls").EnumerateArray());
        Assert.Equal("clock", named.GetProperty("name").GetString());
        Assert.Equal(SdkRun.Fitting, run.Result("structured").GetProperty("value").GetRawText());
        Assert.Equal("end_turn", run.Text("structured", "stop"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_thinks_and_calls_tools_in_one_round(string name)
    {
        var run = await RunAsync(name);
        foreach (var scenario in new[] { "thinking", "thinking streamed" })
        {
            AssertRound(run, scenario, "weather");

            // OpenAI does not show what its models think. Gemini sets a seal on its call too: a thought without words.
            var kinds = run.Result(scenario).GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString());
            Assert.Equal(name == Upstreams.OpenAi ? ["tool_use"] : ["thinking", "tool_use"], kinds.Distinct());
        }
    }

    [Theory]
    [InlineData(Upstreams.Anthropic)]
    [InlineData(Upstreams.Gemini)]
    [InlineData(Upstreams.Bedrock)]
    public async Task It_counts_tokens_where_the_provider_does(string name)
    {
        var run = await RunAsync(name);
        Assert.Equal(100, run.Result("count").GetProperty("tokens").GetInt32());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_meets_its_own_error_classes_and_retries_by_itself(string name)
    {
        var run = await RunAsync(name);
        AssertError(run.AssertThrown("401", "AuthenticationError", 401), "authentication_error");
        AssertError(run.AssertThrown("402", "PaymentRequiredError", 402), "billing_error");
        AssertError(run.AssertThrown("429", "RateLimitError", 429), "rate_limit_error");
        AssertError(run.AssertThrown("404", "NotFoundError", 404), "not_found_error");
        AssertError(run.AssertThrown("bad request", "BadRequestError", 400), "invalid_request_error");
        AssertError(run.AssertThrown("stray result", "BadRequestError", 400), "invalid_request_error");
        Assert.EndsWith("Error", run.Seen["broken stream"].GetProperty("thrown").GetString(), StringComparison.Ordinal);
        AssertError(run.AssertThrown("refused", "ServiceUnavailableError", 503), "overloaded_error");

        // Refused, refused again, and served: the SDK's own retry, and no other.
        Assert.Equal(SdkRun.Words, run.Text("retried", "text"));
        Assert.Equal(
            [AttemptOutcome.Refused, AttemptOutcome.Refused, AttemptOutcome.Completed], run.OutcomesOf(Upstream.Busy));
    }

    private Task<SdkRun> RunAsync(string upstream) => SdkRun.OfAsync("anthropic-upstream.mjs", stages, upstream);

    private static void AssertError(JsonElement seen, string type) =>
        Assert.Equal(type, seen.GetProperty("type").GetString());

    private static void AssertRound(SdkRun run, string scenario, params string[] tools)
    {
        Assert.Equal("tool_use", run.Text(scenario, "stop"));
        var calls = run.Result(scenario).GetProperty("calls").EnumerateArray().ToList();
        Assert.Equal(tools, calls.Select(call => call.GetProperty("name").GetString()));
        Assert.Equal(calls.Count, calls.Select(call => call.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(SdkRun.Fitting, calls[0].GetProperty("input").GetRawText());
        Assert.Equal((SdkRun.Words, "end_turn"), (run.Text(scenario, "text"), run.Text(scenario, "stopAtLast")));
        Assert.Equal(50, run.Usage(scenario, "output_tokens"));
    }
}
