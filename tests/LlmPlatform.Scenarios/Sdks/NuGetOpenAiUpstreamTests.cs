using System.ClientModel;
using System.ClientModel.Primitives;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Providers;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Responses;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The NuGet package <c>OpenAI</c>, whoever answers behind the platform.</summary>
public sealed class NuGetOpenAiUpstreamTests(SharedStages stages)
{
    private const string Schema =
        """
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},
         "required":["city","days"],"additionalProperties":false}
        """;

    private static readonly ChatTool[] _tools =
    [
        ChatTool.CreateFunctionTool("weather", "The weather.", BinaryData.FromString(Schema), true),
        ChatTool.CreateFunctionTool("clock", "The time."),
    ];

    public static TheoryData<string> All { get; } =
        new(Upstreams.OpenAi, Upstreams.Anthropic, Upstreams.Gemini, Upstreams.Bedrock);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_goes_a_whole_round_of_parallel_tools(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        var chat = ClientOf(stage).GetChatClient(upstream.ModelOf(Upstream.Parallel));
        var options = Options();
        List<ChatMessage> messages = [new SystemChatMessage("Be brief."), new UserChatMessage("What is the weather?")];

        var first = (await chat.CompleteChatAsync(messages, options, Now)).Value;
        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal(["weather", "clock"], first.ToolCalls.Select(call => call.FunctionName));
        Assert.Equal(SdkRun.Fitting, Compact(first.ToolCalls[0].FunctionArguments));
        messages.Add(new AssistantChatMessage(first));
        messages.AddRange(first.ToolCalls.Select(call => new ToolChatMessage(call.Id, "blue")));

        var last = (await chat.CompleteChatAsync(messages, options, Now)).Value;
        Assert.Equal((ChatFinishReason.Stop, SdkRun.Words), (last.FinishReason, last.Content[0].Text));
        Assert.Equal((100, 50), (last.Usage.InputTokenCount, last.Usage.OutputTokenCount));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_streams_text_calls_and_json(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        var chat = ClientOf(stage).GetChatClient(upstream.ModelOf(Upstream.Chat));
        var text = await StreamAsync(chat, new ChatCompletionOptions());
        Assert.Equal(SdkRun.Words, text.Text);
        Assert.Equal(150, text.Usage?.TotalTokenCount);

        var called = await StreamAsync(chat, Options());
        Assert.Equal(SdkRun.Fitting, called.Arguments);

        var format = ChatResponseFormat.CreateJsonSchemaFormat("trip", BinaryData.FromString(Schema), null, true);
        var json = await StreamAsync(chat, new ChatCompletionOptions { ResponseFormat = format });
        Assert.Equal(SdkRun.Fitting, json.Text);
    }

    [Theory]
    [InlineData(Upstreams.OpenAi)]
    [InlineData(Upstreams.Gemini)]
    [InlineData(Upstreams.Bedrock)]
    public async Task It_embeds(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        var client = ClientOf(stage).GetEmbeddingClient(upstream.ModelOf(Upstream.Embedding));
        var options = new EmbeddingGenerationOptions { Dimensions = 256 };
        var embedding = (await client.GenerateEmbeddingAsync("one", options, Now)).Value;
        Assert.Equal(256, embedding.ToFloats().Length);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_responds_and_streams_responses(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        var responses = ClientOf(stage).GetResponsesClient();
        var model = upstream.ModelOf(Upstream.Chat);
        var whole = (await responses.CreateResponseAsync(model, "What is the weather?", null, Now)).Value;
        Assert.Equal(SdkRun.Words, whole.GetOutputText());
        Assert.Equal((100, 50), (whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount));

        var text = "";
        ResponseResult? last = null;
        var stream = await responses.CreateResponseStreamingAsync(model, "What is the weather?", null, Now);
        await foreach (var update in stream)
        {
            text += (update as StreamingResponseOutputTextDeltaUpdate)?.Delta;
            last = (update as StreamingResponseCompletedUpdate)?.Response ?? last;
        }

        Assert.Equal((SdkRun.Words, SdkRun.Words), (text, last?.GetOutputText()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_reads_refusals_and_retries_by_itself(string name)
    {
        var (stage, upstream) = await StageAsync(name);
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => ClientOf(stage)
            .GetChatClient(upstream.ModelOf(Upstream.Chat))
            .CompleteChatAsync([new ToolChatMessage("call_nobody", "x")], cancellationToken: Now));
        Assert.Equal(400, refused.Status);

        var busy = upstream.ProviderModelOf(Upstream.Busy);
        upstream.Provider.Ledger.Forget();
        upstream.Provider.RefuseNext(2, 503, TimeSpan.FromSeconds(1), busy);
        var overloaded = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(retries: 0));
        Assert.Equal(503, overloaded.Status);
        Assert.Equal(SdkRun.Words, (await AskAsync(retries: 2)).Value.Content[0].Text);
        Assert.Equal(
            [AttemptOutcome.Refused, AttemptOutcome.Refused, AttemptOutcome.Completed],
            (await upstream.Provider.Ledger.ClosedAsync(busy, Now)).Select(call => call.Outcome));

        Task<ClientResult<ChatCompletion>> AskAsync(int retries) => ClientOf(stage, retries)
            .GetChatClient(upstream.ModelOf(Upstream.Busy))
            .CompleteChatAsync([new UserChatMessage("hi")], cancellationToken: Now);
    }

    private static async Task<(string Text, string Arguments, ChatTokenUsage? Usage)> StreamAsync(
        ChatClient chat, ChatCompletionOptions options)
    {
        var (text, arguments) = ("", "");
        ChatTokenUsage? usage = null;
        ChatMessage[] messages = [new UserChatMessage("What is the weather?")];
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, Now))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            arguments += string.Concat(update.ToolCallUpdates.Select(call => call.FunctionArgumentsUpdate?.ToString()));
            usage = update.Usage ?? usage;
        }

        return (text, arguments, usage);
    }

    private async Task<(Stage Stage, Upstream Upstream)> StageAsync(string name)
    {
        var stage = await stages.OfAsync(PlatformMode.OneProcess);
        return (stage, stage.Upstreams[name]);
    }

    private static OpenAIClient ClientOf(Stage stage, int retries = 0) => new(
        new ApiKeyCredential(stage.Configuration.FreeKey),
        new OpenAIClientOptions
        {
            Endpoint = new Uri(stage.Platform.Edges[0], "v1"),
            RetryPolicy = new ClientRetryPolicy(retries),
        });

    private static ChatCompletionOptions Options()
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 500 };
        foreach (var tool in _tools)
            options.Tools.Add(tool);
        return options;
    }

    private static string Compact(BinaryData json) => System.Text.Json.Nodes.JsonNode.Parse(json)!.ToJsonString();
}
