using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using OpenAI;
using OpenAI.Chat;

namespace LlmPlatform.Scenarios.Sdks;

/// <summary>The NuGet package <c>OpenAI</c>, with nothing changed but its endpoint.</summary>
public sealed class NuGetOpenAiTests(SharedStages stages)
{
    private static readonly ChatMessage[] _messages = [ChatMessage.CreateUserMessage("Tell me something.")];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task The_official_NuGet_package_streams_a_chat_and_reads_its_usage(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var chat = ClientOf(stage, stage.Configuration.FreeKey);
        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in chat.CompleteChatStreamingAsync(_messages, cancellationToken: Now))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.StartsWith("word0 word1 ", text, StringComparison.Ordinal);
        Assert.Equal((100, 50), (usage?.InputTokenCount, usage?.OutputTokenCount));

        var whole = (await chat.CompleteChatAsync(_messages, cancellationToken: Now)).Value;
        Assert.Equal(text, whole.Content[0].Text);
        Assert.Equal(150, whole.Usage.TotalTokenCount);
    }

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task The_official_NuGet_package_reads_status_and_code_of_every_refusal(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        await AssertRefusedAsync(ClientOf(stage, "sk-nobody-has-this-key"), 401, "invalid_api_key");
        await AssertRefusedAsync(ClientOf(stage, stage.Configuration.FreeKey, "no-such-model"), 404, "model_not_found");
        await AssertRefusedAsync(ClientOf(stage, stage.Configuration.BrokeKey), 402, "budget_exceeded");

        // The key may ask once a minute: this call, or one of another scenario a moment ago, is that one.
        var limited = ClientOf(stage, stage.Configuration.LimitedKey);
        await Record.ExceptionAsync(() => limited.CompleteChatAsync(_messages, cancellationToken: Now));
        await AssertRefusedAsync(limited, 429, "rate_limit_exceeded");
    }

    private static ChatClient ClientOf(Stage stage, string key, string model = StageConfiguration.Chat) => new(
        model,
        new ApiKeyCredential(key),
        new OpenAIClientOptions
        {
            Endpoint = new Uri(stage.Platform.Edges[0], "v1"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });

    private static async Task AssertRefusedAsync(ChatClient chat, int status, string code)
    {
        var refusal = await Assert.ThrowsAsync<ClientResultException>(
            () => chat.CompleteChatAsync(_messages, cancellationToken: Now));
        Assert.Equal(status, refusal.Status);
        Assert.Contains(code, refusal.Message, StringComparison.Ordinal);
        var body = JsonSerializer.Deserialize<JsonElement>(refusal.GetRawResponse()!.Content);
        Assert.Equal(code, body.GetProperty("error").GetProperty("code").GetString());
    }
}
