using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The NuGet package <c>Anthropic</c>, whoever answers behind the platform.</summary>
public sealed class NuGetAnthropicTests(SharedStages stages)
{
    private static readonly Tool _weather = new()
    {
        Name = "weather",
        Description = "The weather.",
        InputSchema = new InputSchema
        {
            Properties = new Dictionary<string, JsonElement>
            {
                ["city"] = JsonSerializer.SerializeToElement(new { type = "string" }),
                ["days"] = JsonSerializer.SerializeToElement(new { type = "integer" }),
            },
            Required = ["city", "days"],
        },
    };

    public static TheoryData<string> All { get; } =
        new(Upstreams.OpenAi, Upstreams.Anthropic, Upstreams.Gemini, Upstreams.Bedrock);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_goes_a_whole_round_of_a_tool(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        using var client = ClientOf(stage);
        var question = Question(upstream, Upstream.Chat) with { Tools = [_weather] };

        var first = await client.Messages.Create(question, Now);
        Assert.Equal("tool_use", first.StopReason?.Raw());
        Assert.True(Assert.Single(first.Content).TryPickToolUse(out var use));
        Assert.Equal(("weather", SdkRun.Fitting), (use.Name, JsonSerializer.Serialize(use.Input)));

        var call = new ToolUseBlockParam { ID = use.ID, Name = use.Name, Input = use.Input };
        var result = new ToolResultBlockParam { ToolUseID = use.ID, Content = "blue" };
        var last = await client.Messages.Create(
            question with
            {
                Messages =
                [
                    .. question.Messages,
                    new AssistantMessageParam { Content = new List<ContentBlockParam> { call } },
                    new UserMessageParam { Content = new List<ContentBlockParam> { result } },
                ],
            },
            Now);
        Assert.True(Assert.Single(last.Content).TryPickText(out var text));
        Assert.Equal((SdkRun.Words, "end_turn"), (text.Text, last.StopReason?.Raw()));
        Assert.Equal((100, 50), (last.Usage.InputTokens, last.Usage.OutputTokens));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_streams_text_and_calls(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        using var client = ClientOf(stage);
        var question = Question(upstream, Upstream.Chat);
        Assert.Equal(SdkRun.Words, await StreamAsync(client, question));
        Assert.Equal(SdkRun.Fitting, await StreamAsync(client, question with { Tools = [_weather] }));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_reads_refusals_and_retries_by_itself(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        using var stranger = ClientOf(stage, "sk-nobody-has-this-key");
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(
            () => stranger.Messages.Create(Question(upstream, Upstream.Chat), Now));
        using var client = ClientOf(stage);
        await Assert.ThrowsAsync<AnthropicNotFoundException>(
            () => client.Messages.Create(Question(upstream, Upstream.Chat) with { Model = "no-such-model" }, Now));
        await Assert.ThrowsAsync<AnthropicBadRequestException>(
            () => client.Messages.Create(Question(upstream, Upstream.Chat) with { MaxTokens = -1 }, Now));

        var busy = upstream.ProviderModelOf(Upstream.Busy);
        upstream.Provider.Ledger.Forget();
        upstream.Provider.RefuseNext(2, 503, TimeSpan.FromSeconds(1), busy);
        var refused = await Assert.ThrowsAnyAsync<Anthropic5xxException>(
            () => client.Messages.Create(Question(upstream, Upstream.Busy), Now));
        Assert.InRange((int)refused.StatusCode, 500, 529);
        using var patient = ClientOf(stage, retries: 2);
        var served = await patient.Messages.Create(Question(upstream, Upstream.Busy), Now);
        Assert.Equal("end_turn", served.StopReason?.Raw());
        Assert.Equal(
            [AttemptOutcome.Refused, AttemptOutcome.Refused, AttemptOutcome.Completed],
            (await upstream.Provider.Ledger.ClosedAsync(busy, Now)).Select(call => call.Outcome));
    }

    // Text, or the pieces of a tool's arguments.
    private static async Task<string> StreamAsync(AnthropicClient client, MessageCreateParams question)
    {
        var seen = "";
        long? output = null;
        await foreach (var message in client.Messages.CreateStreaming(question, Now))
        {
            if (message.TryPickContentBlockDelta(out var delta))
            {
                seen += delta.Delta.TryPickText(out var text) ? text.Text
                    : delta.Delta.TryPickInputJson(out var json) ? json.PartialJson : "";
            }

            if (message.TryPickDelta(out var end))
                output = end.Usage.OutputTokens;
        }

        Assert.Equal(50, output);
        return seen;
    }

    private static MessageCreateParams Question(Upstream upstream, string role) => new()
    {
        Model = upstream.ModelOf(role),
        MaxTokens = 500,
        System = "Be brief.",
        Messages = [new UserMessageParam { Content = "What is the weather?" }],
    };

    private async Task<(Stage Stage, Upstream Upstream)> StageAsync(string name)
    {
        var stage = await stages.OfAsync(PlatformMode.OneProcess);
        return (stage, stage.Upstreams[name]);
    }

    private static AnthropicClient ClientOf(Stage stage, string? key = null, int retries = 0) => new()
    {
        BaseUrl = stage.Platform.Edges[0].ToString().TrimEnd('/'),
        ApiKey = key ?? stage.Configuration.FreeKey,
        MaxRetries = retries,
    };
}
