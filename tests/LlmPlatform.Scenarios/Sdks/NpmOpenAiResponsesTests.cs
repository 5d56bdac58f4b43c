using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The npm package <c>openai</c>, its Responses API, whoever answers behind the platform.</summary>
public sealed class NpmOpenAiResponsesTests(SharedStages stages)
{
    private static readonly string[] _order =
    [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
        "response.output_text.delta", "response.output_text.done", "response.content_part.done",
        "response.output_item.done", "response.completed",
    ];

    public static TheoryData<string> All { get; } =
        new(Upstreams.OpenAi, Upstreams.Anthropic, Upstreams.Gemini, Upstreams.Bedrock);

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_responds_and_streams(string name)
    {
        var run = await RunAsync(name);
        Assert.Equal((SdkRun.Words, "completed"), (run.Text("response", "text"), run.Text("response", "status")));
        Assert.Equal("""{"a":"b"}""", run.Result("response").GetProperty("metadata").GetRawText());
        foreach (var scenario in new[] { "response", "stream" })
        {
            Assert.Equal(
                (100, 50, 150),
                (run.Usage(scenario, "input_tokens"), run.Usage(scenario, "output_tokens"),
                    run.Usage(scenario, "total_tokens")));
        }

        var stream = run.Result("stream");
        Assert.Equal((SdkRun.Words, "completed"), (run.Text("stream", "text"), run.Text("stream", "status")));
        Assert.Equal(_order, stream.GetProperty("types").EnumerateArray().Select(type => type.GetString()));
        var numbers = stream.GetProperty("numbers").EnumerateArray().Select(number => number.GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
        Assert.Equal(("incomplete", "max_output_tokens"), (run.Text("length", "status"), run.Text("length", "reason")));
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
            AssertRound(run, "reasoning" + way, "weather");
            var kinds = run.Result("reasoning" + way).GetProperty("kinds").EnumerateArray();
            Assert.Equal(["reasoning", "function_call"], kinds.Select(kind => kind.GetString()).Distinct());
        }

        Assert.Equal(SdkRun.Fitting, run.Result("structured").GetProperty("value").GetRawText());
        Assert.Equal("completed", run.Text("structured", "status"));
    }

    [Fact]
    public async Task It_continues_reads_and_forgets_what_openai_keeps()
    {
        var run = await RunAsync(Upstreams.OpenAi);
        AssertRound(run, "kept", "weather");
        Assert.Equal(SdkRun.Words, run.Text("kept", "again"));
        Assert.True(run.Result("kept").GetProperty("sameId").GetBoolean());
    }

    [Theory]
    [InlineData(Upstreams.Anthropic)]
    [InlineData(Upstreams.Gemini)]
    [InlineData(Upstreams.Bedrock)]
    public async Task It_is_told_who_keeps_no_responses(string name)
    {
        var run = await RunAsync(name);
        var refused = run.AssertThrown("kept", "BadRequestError", 400);
        Assert.Equal("previous_response_id", refused.GetProperty("param").GetString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_meets_its_own_error_classes_and_retries_by_itself(string name)
    {
        var run = await RunAsync(name);
        run.AssertThrown("404", "NotFoundError", 404);
        run.AssertThrown("bad request", "BadRequestError", 400);
        run.AssertThrown("stray result", "BadRequestError", 400);
        Assert.Equal("APIError", run.Seen["broken stream"].GetProperty("thrown").GetString());

        // Refused, refused again, and served: the SDK's own retry, and no other.
        run.AssertThrown("refused", "InternalServerError", 503);
        Assert.Equal(SdkRun.Words, run.Text("retried", "text"));
        Assert.Equal(
            [AttemptOutcome.Refused, AttemptOutcome.Refused, AttemptOutcome.Completed], run.OutcomesOf(Upstream.Busy));
    }

    private Task<SdkRun> RunAsync(string upstream) => SdkRun.OfAsync("responses-upstream.mjs", stages, upstream);

    private static void AssertRound(SdkRun run, string scenario, params string[] tools)
    {
        Assert.Equal("completed", run.Text(scenario, "status"));
        var calls = run.Result(scenario).GetProperty("calls").EnumerateArray().ToList();
        Assert.Equal(tools, calls.Select(call => call.GetProperty("name").GetString()));
        Assert.Equal(calls.Count, calls.Select(call => call.GetProperty("call_id").GetString()).Distinct().Count());
        Assert.All(calls, call => Assert.NotEqual(
            call.GetProperty("id").GetString(), call.GetProperty("call_id").GetString()));
        Assert.Equal(SdkRun.Fitting, calls[0].GetProperty("arguments").GetRawText());
        Assert.Equal((SdkRun.Words, "completed"), (run.Text(scenario, "text"), run.Text(scenario, "statusAtLast")));
        Assert.Equal(150, run.Usage(scenario, "total_tokens"));
    }
}
