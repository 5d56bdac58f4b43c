using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>
/// The npm package <c>openai</c>, chat completions and embeddings, whoever answers behind the platform.
/// </summary>
public sealed class NpmOpenAiUpstreamTests(SharedStages stages)
{
    public static TheoryData<string> All { get; } =
        new(Upstreams.OpenAi, Upstreams.Anthropic, Upstreams.Gemini, Upstreams.Bedrock);

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_chats_and_streams(string name)
    {
        var run = await RunAsync(name);
        Assert.Equal((SdkRun.Words, "stop"), (run.Text("chat", "text"), run.Text("chat", "finish")));
        Assert.Equal((100, 50), (run.Usage("chat", "prompt_tokens"), run.Usage("chat", "completion_tokens")));
        Assert.Equal(SdkRun.Words, run.Text("image", "text"));
        Assert.Equal((SdkRun.Words, "stop"), (run.Text("stream", "text"), run.Text("stream", "finish")));
        Assert.Equal(150, run.Usage("stream", "total_tokens"));
        var role = Assert.Single(run.Result("stream").GetProperty("roles").EnumerateArray());
        Assert.Equal("assistant", role.GetString());
        Assert.Equal("length", run.Text("length", "finish"));
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
        foreach (var way in new[] { "structured", "structured stream" })
        {
            Assert.Equal(SdkRun.Fitting, run.Result(way).GetProperty("value").GetRawText());
            Assert.Equal("stop", run.Text(way, "finish"));
        }
    }

    [Theory]
    [InlineData(Upstreams.OpenAi)]
    [InlineData(Upstreams.Gemini)]
    [InlineData(Upstreams.Bedrock)]
    public async Task It_embeds_in_either_encoding(string name)
    {
        var run = await RunAsync(name);

        // Gemini does not say what it read: the platform estimates it.
        Assert.InRange(run.Usage("one embedding", "prompt_tokens"), name == Upstreams.Gemini ? 1 : 100, 100);
        Assert.Equal(256, run.Result("one embedding").GetProperty("length").GetInt32());
        if (name == Upstreams.Bedrock)
        {
            // Titan embeds one text in a request, and that is said.
            run.AssertThrown("embeddings", "BadRequestError", 400);
            return;
        }

        var embeddings = run.Result("embeddings");
        Assert.Equal(2, embeddings.GetProperty("floats").GetArrayLength());
        Assert.Equal(embeddings.GetProperty("floats").GetRawText(), embeddings.GetProperty("usual").GetRawText());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_meets_its_own_error_classes_and_retries_by_itself(string name)
    {
        var run = await RunAsync(name);
        run.AssertThrown("bad request", "BadRequestError", 400);
        run.AssertThrown("stray result", "BadRequestError", 400);
        Assert.Equal("APIError", run.Seen["broken stream"].GetProperty("thrown").GetString());
        var refused = run.AssertThrown("refused", "InternalServerError", 503);
        Assert.Equal("upstream_unavailable", refused.GetProperty("code").GetString());

        // Refused, refused again, and served: the SDK's own retry, and no other.
        Assert.Equal(SdkRun.Words, run.Text("retried", "text"));
        Assert.Equal(
            [AttemptOutcome.Refused, AttemptOutcome.Refused, AttemptOutcome.Completed], run.OutcomesOf(Upstream.Busy));
    }

    private Task<SdkRun> RunAsync(string upstream) => SdkRun.OfAsync("openai-upstream.mjs", stages, upstream);

    private static void AssertRound(SdkRun run, string scenario, params string[] tools)
    {
        Assert.Equal("tool_calls", run.Text(scenario, "finish"));
        var calls = run.Result(scenario).GetProperty("calls").EnumerateArray().ToList();
        Assert.Equal(tools, calls.Select(call => call.GetProperty("name").GetString()));
        Assert.Equal(calls.Count, calls.Select(call => call.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(SdkRun.Fitting, calls[0].GetProperty("arguments").GetRawText());
        Assert.Equal((SdkRun.Words, "stop"), (run.Text(scenario, "text"), run.Text(scenario, "finishAtLast")));
        Assert.Equal(150, run.Usage(scenario, "total_tokens"));
    }
}
