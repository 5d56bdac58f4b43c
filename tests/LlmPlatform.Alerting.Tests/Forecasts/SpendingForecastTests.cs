using LlmPlatform.Alerting.Forecasts;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Forecasts;

/// <summary>With <see cref="BudgetSpendingObservedConsumer"/>.</summary>
public sealed class SpendingForecastTests : IAsyncLifetime
{
    private const long Usd = 1_000_000_000;

    private static readonly DateTimeOffset _november = new(2026, 10, 31, 16, 0, 0, TimeSpan.Zero);

    private readonly ManualTimeProvider _clock = new();
    private SlackSink _slack = null!;
    private AlertingReplica _replica = null!;

    public async ValueTask InitializeAsync()
    {
        _slack = await SlackSink.StartAsync();
        _replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.Slack(_slack)), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _slack.DisposeAsync();
    }

    [Fact]
    public async Task A_budget_that_will_not_last_is_told_once_with_the_moment_in_its_own_zone()
    {
        // One dollar an hour of $500: 744 hours in a month are too many, and the 500th is on the 21st at 20:00.
        foreach (var hour in Enumerable.Range(1, 200))
        {
            var at = _november.AddHours(hour);
            await TakeAsync(at, hour * Usd);
            if (hour % 50 == 0)
                await TakeAsync(at, hour * Usd);
        }

        await _replica.SendDueAsync("ops-slack");

        var text = Assert.Single(_slack.Messages).Body.GetProperty("text").GetString();
        Assert.Contains("Budget acme-month will be used up on Saturday the 21st at 20:00 Asia/Taipei", text,
            StringComparison.Ordinal);
        Assert.Contains("9 days 4 hours before its period ends", text, StringComparison.Ordinal);
        Assert.Contains("Calls are refused from then on", text, StringComparison.Ordinal);
        Assert.Contains("ann, bo (tenant:acme)", _slack.Messages[0].Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_a_burst_that_is_over_nor_a_pace_that_lasts_raises_an_alarm()
    {
        // $100 on the first day, and then as much as lasts to the end.
        foreach (var hour in Enumerable.Range(1, 300))
            await TakeAsync(_november.AddHours(hour), (Math.Min(hour, 24) * 4 * Usd) + (hour * Usd / 2));

        Assert.Equal(0, await _replica.SendDueAsync("ops-slack"));
    }

    [Fact]
    public async Task An_hour_far_beyond_what_is_usual_at_that_hour_of_the_week_is_told_once_a_day()
    {
        // $3 each Monday at noon, for three weeks; then $20.
        var spent = 0L;
        for (var week = 0; week < 4; week++)
        {
            var noon = new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero).AddDays(7 * week);
            await TakeAsync(noon.AddHours(-2), spent, limit: 10_000 * Usd);
            spent += (week == 3 ? 20 : 3) * Usd;
            await TakeAsync(noon, spent, limit: 10_000 * Usd);
            await TakeAsync(noon.AddMinutes(5), spent + Usd, limit: 10_000 * Usd);
            spent += Usd;
        }

        await _replica.SendDueAsync("ops-slack");

        var message = Assert.Single(_slack.Messages);
        Assert.Contains("spends far more than usual", message.Raw, StringComparison.Ordinal);
        Assert.Contains("$20.00 were spent in the last hour", message.Raw, StringComparison.Ordinal);
        Assert.Contains("$3.00 are usual", message.Raw, StringComparison.Ordinal);
    }

    private Task TakeAsync(DateTimeOffset at, long spent, long limit = 500 * Usd) =>
        _replica.WithAsync<SpendingForecasts>(forecasts => forecasts.TakeAsync(
            new BudgetSpendingObserved
            {
                BudgetId = "budget-1",
                BudgetName = "acme-month",
                Scope = "tenant:acme",
                PeriodId = "m:2026-11",
                PeriodStartsAt = _november,
                PeriodEndsAt = _november.AddDays(30),
                TimeZone = "Asia/Taipei",
                SpentNanoUsd = spent,
                LimitNanoUsd = limit,
                Enforced = true,
                Channels = ["ops-slack"],
                SharedUsers = ["ann", "bo"],
                ObservedAt = at,
            },
            TestContext.Current.CancellationToken));
}
