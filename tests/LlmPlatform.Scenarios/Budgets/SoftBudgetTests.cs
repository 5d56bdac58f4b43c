using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Budgets;

/// <summary>
/// A softly enforced budget of 10 cents, used up in the middle of a stream; and more of it for a while. Who asks, who
/// admits and who settles are other processes.
/// </summary>
public sealed class SoftBudgetTests(SharedStages stages)
{
    private const decimal LimitUsd = 0.1m;
    private const decimal UsdPerToken = 0.00005m;

    // What the stream would cost is half as much again as the budget has.
    private const int StreamedTokens = 3_000;
    private const int Chunks = 300;
    private const int ShortTokens = 100;
    private const int LongestSeconds = 400;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(3);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_ends_with_its_budget_and_an_approved_increase_lets_calls_through_for_a_while()
    {
        var stage = await stages.OfAsync(PlatformMode.SeparateProcesses);
        stage.Provider.ScriptModel(StageConfiguration.Counted, Script());
        var name = $"soft-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var (caller, tenantAdmin) = await DeclareAsync(stage, name);

        var cut = await Eventually.UntilAsync(
            () => StreamAsync(stage, caller, StreamedTokens), call => call.Status == HttpStatusCode.OK,
            _deadline, "the edge knows the limit", Now);
        Assert.Equal(("budget_exceeded", false), (cut.ErrorCode, cut.IsComplete));
        Assert.Contains("word", cut.Text, StringComparison.Ordinal);
        var row = await BilledAsync(stage, cut);
        Assert.Equal(("gateway_counted", "budget_ended"), (row.UsageSource, row.Outcome));
        Assert.InRange(row.Output * UsdPerToken, LimitUsd * 0.6m, LimitUsd * 1.5m);
        await StatementAsync(
            stage, name, "what passed is spent, and nothing is held",
            said => Usd(said, "spent_usd") == row.Output * UsdPerToken && Usd(said, "held_usd") == 0);
        var refused = await CompleteAsync(stage, caller);
        Assert.Equal((HttpStatusCode.PaymentRequired, "budget_exceeded"), (refused.Status, refused.ErrorCode));
        await StatementAsync(
            stage, name, "the budget is exhausted", said => said.GetProperty("state").GetString() == "exhausted");

        var until = await IncreaseAsync(stage, tenantAdmin, caller, name);

        await StatementAsync(stage, name, "the increase is over", said => Usd(said, "limit_usd") == LimitUsd);
        var again = await CompleteAsync(stage, caller);
        Assert.True(TimeProvider.System.GetUtcNow() >= until);
        Assert.Equal((HttpStatusCode.PaymentRequired, "budget_exceeded"), (again.Status, again.ErrorCode));
    }

    // As many tokens as its words have by the rule of thumb, so that the edge counts about what the provider does. Of
    // another scenario's answers it would have learned another measure.
    private static ProviderScript Script() => new()
    {
        UsageOf = body => new ProviderUsage(Prompt: 10, body.GetProperty("max_tokens").GetInt32()),
        Chunks = Chunks,
        Word = new string('w', 34) + "word",
        DelayPerChunk = TimeSpan.FromMilliseconds(15),
    };

    // One that pays for nothing shows when the edge has heard of it; only then is the stream worth beginning. What
    // passes before has as many tokens as well: the edge learns from it.
    private static async Task<(ChatCaller Caller, AdminApi TenantAdmin)> DeclareAsync(Stage stage, string name)
    {
        await stage.Admin.PostAsync("tenants", new { name }, Now);
        var key = await stage.Admin.PostAsync("keys", new { name, tenant = name }, Now);
        var admin = await stage.Admin.PostAsync(
            "keys", new { name = name + "-admin", tenant = name, role = "tenant_admin" }, Now);
        var caller = new ChatCaller(key.GetProperty("key").GetString()!);
        await stage.Admin.PostAsync("budgets", BudgetOf(name, limitUsd: 0.000001m), Now);
        await Eventually.UntilAsync(
            () => StreamAsync(stage, caller, StreamedTokens), call => call.ErrorCode == "budget_exceeded",
            _deadline, "the edge knows the budget", Now);
        var (status, _) = await stage.Admin.TryAsync(
            HttpMethod.Put, $"budgets/{name}", BudgetOf(name, LimitUsd), Now);
        Assert.Equal(HttpStatusCode.OK, status);
        return (caller, stage.AdminWith(admin.GetProperty("key").GetString()!));
    }

    private static object BudgetOf(string name, decimal limitUsd) => new
    {
        name,
        scope = $"tenant:{name}",
        limit_usd = limitUsd,
        period = "monthly",
        enforcement = "soft",
    };

    // A machine that is busy with other things may take longer than the increase lasts: then a longer one is asked for.
    private static async Task<DateTimeOffset> IncreaseAsync(
        Stage stage, AdminApi tenantAdmin, ChatCaller caller, string name)
    {
        for (var seconds = 5; ; seconds *= 3)
        {
            var until = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
            var asked = await tenantAdmin.PostAsync(
                $"budgets/{name}/increases", new { amount_usd = 100, until, reason = "launch week" }, Now);
            var approve = $"budgets/{name}/increases/{asked.GetProperty("id").GetString()}/approve";
            Assert.Equal(
                HttpStatusCode.Forbidden, (await tenantAdmin.TryAsync(HttpMethod.Post, approve, null, Now)).Status);
            await stage.Admin.TryAsync(HttpMethod.Post, approve, null, Now);
            var call = await Eventually.UntilAsync(
                () => CompleteAsync(stage, caller),
                call => call.Succeeded || TimeProvider.System.GetUtcNow() > until,
                _deadline, "a call gets through while there is more, or there is no more", Now);
            if (call.Succeeded)
                return until;
            Assert.InRange(seconds, 0, LongestSeconds);
        }
    }

    private static Task<ChatResult> StreamAsync(Stage stage, ChatCaller caller, int maxTokens) => caller.StreamAsync(
        stage.Platform.Edges[0], StageConfiguration.Counted, maxTokens, cancellationToken: Now);

    private static Task<ChatResult> CompleteAsync(Stage stage, ChatCaller caller) =>
        caller.CompleteAsync(stage.Platform.Edges[0], StageConfiguration.Counted, ShortTokens, Now);

    private static async Task<UsageRow> BilledAsync(Stage stage, ChatResult call)
    {
        var rows = await Eventually.UntilAsync(
            async () => (await UsageRow.ReadAsync(stage.Platform, [StageConfiguration.Counted], Now))
                .Where(row => Guid.Parse(row.RequestId) == Guid.Parse(call.RequestId!)).ToList(),
            rows => rows.Count > 0, _deadline, "what passed is billed", Now);
        return Assert.Single(rows);
    }

    private static async Task StatementAsync(
        Stage stage, string name, string because, Func<JsonElement, bool> asExpected) =>
        await Eventually.UntilAsync(
            () => stage.Admin.GetAsync($"budgets/{name}", Now), asExpected, _deadline, because, Now);

    private static decimal Usd(JsonElement statement, string member) => statement.GetProperty(member).GetDecimal();
}
