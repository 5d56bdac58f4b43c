using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Budgets;

/// <summary>A budget of 1 USD fed by 200 calls of 5 cents, 16 at a time.</summary>
public sealed class DollarBudgetTests(SharedStages stages)
{
    private const int Calls = 200;
    private const int AtOnce = 16;
    private const int Affordable = 20;
    private const int TokensForFiveCents = 1000;
    private const int Tries = 3;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);
    private static readonly string[] _thresholds = ["80", "90", "100"];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public Task Spending_never_passes_the_dollar_and_each_threshold_is_told_once_and_the_next_period_admits() =>
        SpendTwoPeriodsAsync(PlatformMode.SeparateProcesses);

    [Fact]
    [Trait("Category", "Long")]
    public Task Nor_does_it_where_all_services_are_one_process() => SpendTwoPeriodsAsync(PlatformMode.OneProcess);

    private async Task SpendTwoPeriodsAsync(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        stage.Provider.ScriptModel(StageConfiguration.Nickel, new ProviderScript
        {
            Usage = new ProviderUsage(Prompt: 10, Completion: TokensForFiveCents),
            DelayPerChunk = TimeSpan.FromMilliseconds(30),
        });

        var (first, calls) = await SpendWithinOnePeriodAsync(stage);

        AssertSpentToTheCent(calls);
        AssertRefusals(calls.Where(call => !call.Succeeded), first);
        await AssertToldOnceAsync(stage, first);

        // The next period admits, and is alerted of its own thresholds; by then a second notice of the first would be
        // here.
        await UntilNextPeriodAsync(stage, first);
        var (second, again) = await SpendWithinOnePeriodAsync(stage);
        AssertSpentToTheCent(again);
        await AssertToldOnceAsync(stage, second);
        await AssertToldOnceAsync(stage, first);
    }

    // A machine that is busy with other things may take longer than the period for 200 calls: then the next one is
    // taken.
    private static async Task<(BudgetPeriod Period, IReadOnlyList<ChatResult> Calls)> SpendWithinOnePeriodAsync(
        Stage stage)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = await ReadAsync(stage);
            var left = before.Ends - TimeProvider.System.GetUtcNow();
            if (before.SpentUsd > 0 || left < StageConfiguration.DollarPeriod * 0.8)
                before = await UntilNextPeriodAsync(stage, before);
            var calls = await SpendAsync(stage);
            if ((await ReadAsync(stage)).Starts == before.Starts)
                return (before, calls);
            Assert.True(attempt < Tries, $"{Calls} calls do not fit into {StageConfiguration.DollarPeriod}");
        }
    }

    private static async Task<IReadOnlyList<ChatResult>> SpendAsync(Stage stage)
    {
        var numbers = new ConcurrentQueue<int>(Enumerable.Range(0, Calls));
        var calls = new ConcurrentBag<ChatResult>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Now);
        var watching = WatchAsync(stage, over.Token);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (numbers.TryDequeue(out var number))
                calls.Add(await CallAsync(stage, number));
        }));
        await over.CancelAsync();
        Assert.True(await watching > 0, "the budget was looked at while it was spent");
        return [.. calls];
    }

    // As the SDKs do, it comes again when told that only open calls stand in the way.
    private static async Task<ChatResult> CallAsync(Stage stage, int number)
    {
        var caller = new ChatCaller(stage.Configuration.DollarKey);
        var edge = stage.Platform.Edges[number % stage.Platform.Edges.Count];
        while (true)
        {
            var call = await caller.StreamAsync(
                edge, StageConfiguration.Nickel, TokensForFiveCents, cancellationToken: Now);
            if (!call.IsHeldOnly)
                return call;
            Assert.Equal(HttpStatusCode.PaymentRequired, call.Status);
            Assert.Equal("1", call.Headers["Retry-After"]);
            Assert.InRange(call.Error!.Value.GetProperty("held_usd").GetDecimal(), 0.05m, 1m);
            await Task.Delay(TimeSpan.FromSeconds(1), Now);
        }
    }

    /// <summary>Looks at the budget until cancelled, and fails as soon as it is overdrawn.</summary>
    /// <returns>How often it looked.</returns>
    private static async Task<int> WatchAsync(Stage stage, CancellationToken over)
    {
        for (var looks = 0; ; looks++)
        {
            if (over.IsCancellationRequested)
                return looks;
            var budget = await ReadAsync(stage);
            Assert.InRange(budget.SpentUsd + budget.HeldUsd, 0, 1.00m);
        }
    }

    private static void AssertSpentToTheCent(IReadOnlyList<ChatResult> calls)
    {
        Assert.Equal(Affordable, calls.Count(call => call.Succeeded));
        Assert.Equal(Calls, calls.Count);
    }

    private static void AssertRefusals(IEnumerable<ChatResult> refusals, BudgetPeriod period)
    {
        foreach (var call in refusals)
        {
            Assert.True(call.Status == HttpStatusCode.PaymentRequired, call.ToString());
            Assert.Equal("budget_exceeded", call.ErrorCode);
            Assert.Equal("tenant:dollar", call.Error!.Value.GetProperty("scope").GetString());
            Assert.Equal(period.Ends, call.Error!.Value.GetProperty("reset_at").GetDateTimeOffset());
            Assert.InRange(
                int.Parse(call.Headers["Retry-After"], CultureInfo.InvariantCulture),
                1, StageConfiguration.DollarPeriod.TotalSeconds);
        }
    }

    private static async Task AssertToldOnceAsync(Stage stage, BudgetPeriod period)
    {
        await Eventually.UntilAsync(
            () => NoticesOf(period, ChatRoom(stage)).Count >= _thresholds.Length
                && NoticesOf(period, Mailbox(stage)).Count >= _thresholds.Length,
            _deadline, "the chat room and the mailbox were told of every threshold", Now);
        Assert.Equal(_thresholds.Order(), NoticesOf(period, ChatRoom(stage)).Order());
        Assert.Equal(_thresholds.Order(), NoticesOf(period, Mailbox(stage)).Order());
    }

    private static IEnumerable<string> ChatRoom(Stage stage) => stage.Slack.Messages.Select(message => message.Raw);

    private static IEnumerable<string> Mailbox(Stage stage) => stage.Mail.Messages.Select(message => message.Text);

    /// <summary>Which thresholds the notices of that period are about.</summary>
    private static List<string> NoticesOf(BudgetPeriod period, IEnumerable<string> notices)
    {
        var begins = period.Starts.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'to'", CultureInfo.InvariantCulture);
        return
        [
            .. notices
                .Where(text => text.Contains(begins, StringComparison.Ordinal))
                .SelectMany(text => _thresholds.Where(
                    threshold => text.Contains($"reached its {threshold} % threshold", StringComparison.Ordinal))),
        ];
    }

    private static Task<BudgetPeriod> UntilNextPeriodAsync(Stage stage, BudgetPeriod before) => Eventually.UntilAsync(
        () => ReadAsync(stage), budget => budget.Starts > before.Starts, StageConfiguration.DollarPeriod * 6,
        "the next period begins", Now);

    private static async Task<BudgetPeriod> ReadAsync(Stage stage)
    {
        var budget = await stage.Admin.GetAsync($"budgets/{StageConfiguration.Dollar}", Now);
        return new BudgetPeriod(
            budget.GetProperty("period_start").GetDateTimeOffset(),
            budget.GetProperty("period_end").GetDateTimeOffset(),
            budget.GetProperty("spent_usd").GetDecimal(),
            budget.GetProperty("held_usd").GetDecimal());
    }

    private sealed record BudgetPeriod(DateTimeOffset Starts, DateTimeOffset Ends, decimal SpentUsd, decimal HeldUsd);
}
