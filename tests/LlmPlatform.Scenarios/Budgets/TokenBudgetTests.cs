using System.Globalization;
using System.Net;
using System.Text.Json;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Budgets;

/// <summary>A budget of 1,000 tokens, fed by calls of 210.</summary>
public sealed class TokenBudgetTests(SharedStages stages)
{
    private const int PromptTokens = 10;
    private const int MaxTokens = 200;
    private const int Calls = 20;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task Calls_are_bounded_by_the_tokens_left_then_refused_and_budget_bill_and_chat_room_say_the_same(
        PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        stage.Provider.Script = new ProviderScript
        {
            UsageOf = body => new ProviderUsage(PromptTokens, body.GetProperty("max_tokens").GetInt32()),
        };

        // An edge that has just started may not have heard of budgets yet: one that pays for nothing shows that it has.
        var broke = new ChatCaller(stage.Configuration.BrokeKey);
        await Eventually.UntilAsync(
            () => broke.CompleteAsync(stage.Platform.Edges[0], StageConfiguration.Chat, MaxTokens, Now),
            call => call.ErrorCode == "budget_exceeded", _deadline, "the edge knows the budgets", Now);
        var calls = new List<ChatResult>();
        while (calls.Count < Calls && (calls.Count == 0 || calls[^1].Succeeded))
            calls.Add(await CallAsync(stage));

        var refused = calls[^1];
        Assert.Equal((HttpStatusCode.PaymentRequired, "budget_exceeded"), (refused.Status!.Value, refused.ErrorCode));
        Assert.Equal($"{StageConfiguration.Allowance}", refused.Error!.Value.GetProperty("limit").GetString());
        var bounded = calls[^2].Headers["X-Budget-Max-Tokens"];
        Assert.InRange(int.Parse(bounded, CultureInfo.InvariantCulture), 1, MaxTokens - 1);
        var consumed = calls.Where(call => call.Succeeded)
            .Sum(call => call.Usage!.Value.GetProperty("total_tokens").GetInt64());
        Assert.InRange(consumed, StageConfiguration.Allowance * 3 / 4, StageConfiguration.Allowance);
        await Eventually.UntilAsync(
            async () => (await StatementAsync(stage), await BilledAsync(stage)),
            said => said.Item1.GetProperty("spent_tokens").GetInt64() == consumed && said.Item2 == consumed
                && said.Item1.GetProperty("state").GetString() == "exhausted",
            _deadline, "budget and bill have what the callers consumed", Now);
        await Eventually.UntilAsync(
            () => stage.Slack.Messages.Any(message =>
                message.Raw.Contains("Budget tokens is exhausted", StringComparison.Ordinal)
                && message.Raw.Contains($"{consumed} of 1,000 tokens", StringComparison.Ordinal)),
            _deadline, "the chat room was told in tokens", Now);
    }

    // As the SDKs do, it comes again when told that only open calls stand in the way.
    private static async Task<ChatResult> CallAsync(Stage stage)
    {
        var caller = new ChatCaller(stage.Configuration.TokensKey);
        return await Eventually.UntilAsync(
            () => caller.CompleteAsync(stage.Platform.Edges[0], StageConfiguration.Chat, MaxTokens, Now),
            call => !call.IsHeldOnly, _deadline, "the call before is settled", Now);
    }

    private static Task<JsonElement> StatementAsync(Stage stage) =>
        stage.Admin.GetAsync($"budgets/{StageConfiguration.Tokens}", Now);

    private static async Task<long> BilledAsync(Stage stage) =>
        (await stage.Admin.GetAsync("usage?group_by=tenant", Now)).GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("tenant").GetString() == "tokens")
            .Sum(item => item.GetProperty("input_tokens").GetInt64() + item.GetProperty("output_tokens").GetInt64());
}
