using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Channels;

/// <summary>With <see cref="BudgetPeriodEndedConsumer"/> and <see cref="BudgetThresholdRearmedConsumer"/>.</summary>
public sealed class PagerDutyChannelTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_exhausted_budget_is_triggered_and_resolved_under_one_key_when_its_period_ends()
    {
        await using var sink = await SlackSink.StartAsync();
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.OnCall(sink)));

        // Most of a budget wakes nobody; a budget that refuses does, and once.
        await replica.Bus.Publish(Sample.Crossing(8000, channels: ["oncall"]), Token);
        await replica.Bus.Publish(Sample.Crossing(10_000, channels: ["oncall"]), Token);
        await replica.Bus.Publish(Sample.Crossing(10_000, channels: ["oncall"]), Token);
        await Eventually.UntilAsync(() => sink.Messages.Count == 1, _deadline, "on-call is told", Token);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            await replica.Bus.Publish(
                new BudgetPeriodEnded
                {
                    BudgetId = "budget-1",
                    PeriodId = "2026-11",
                    EndedAt = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero),
                },
                Token);
        }

        await Eventually.UntilAsync(() => sink.Messages.Count == 2, _deadline, "on-call is told it is over", Token);

        var (trigger, resolve) = (sink.Messages[0].Body, sink.Messages[1].Body);
        Assert.Equal("trigger", trigger.GetProperty("event_action").GetString());
        Assert.Equal("routing-key", trigger.GetProperty("routing_key").GetString());
        var payload = trigger.GetProperty("payload");
        Assert.Equal("critical", payload.GetProperty("severity").GetString());
        Assert.Equal("tenant:acme", payload.GetProperty("component").GetString());
        Assert.Contains("calls are refused", payload.GetProperty("summary").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            "https://llm.example.com/console/budgets/acme-month", trigger.GetProperty("client_url").GetString());
        Assert.Equal("resolve", resolve.GetProperty("event_action").GetString());
        Assert.Equal(
            trigger.GetProperty("dedup_key").GetString(), resolve.GetProperty("dedup_key").GetString());
    }

    [Fact]
    public async Task The_end_of_a_trouble_does_not_overtake_a_beginning_that_has_to_be_tried_again()
    {
        await using var sink = await SlackSink.StartAsync();
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.OnCall(sink)));

        sink.FailNext(1, 429, TimeSpan.FromSeconds(1));
        await replica.Bus.Publish(Sample.Crossing(10_000, channels: ["oncall"]), Token);
        await Eventually.UntilAsync(() => sink.Attempts.Count == 1, _deadline, "the beginning is refused", Token);
        await replica.Bus.Publish(
            new BudgetPeriodEnded
            {
                BudgetId = "budget-1",
                PeriodId = "2026-11",
                EndedAt = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero),
            },
            Token);
        await Eventually.UntilAsync(() => sink.Messages.Count == 2, _deadline, "on-call is told both", Token);

        Assert.Equal(
            ["trigger", "resolve"],
            sink.Messages.Select(message => message.Body.GetProperty("event_action").GetString()));
    }

    [Fact]
    public async Task A_raised_limit_resolves_its_episode_and_another_episode_is_triggered_anew()
    {
        await using var sink = await SlackSink.StartAsync();
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.OnCall(sink)));

        await replica.Bus.Publish(Sample.Crossing(10_000, channels: ["oncall"]), Token);
        await Eventually.UntilAsync(() => sink.Messages.Count == 1, _deadline, "on-call is told", Token);
        await replica.Bus.Publish(
            new BudgetThresholdRearmed
            {
                BudgetId = "budget-1",
                PeriodId = "2026-11",
                ThresholdBasisPoints = 10_000,
                Episode = 0,
                RearmedAt = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero),
            },
            Token);
        await Eventually.UntilAsync(() => sink.Messages.Count == 2, _deadline, "it is resolved", Token);
        await replica.Bus.Publish(Sample.Crossing(10_000, channels: ["oncall"]) with { Episode = 1 }, Token);
        await Eventually.UntilAsync(() => sink.Messages.Count == 3, _deadline, "it is triggered again", Token);

        var keys = sink.Messages.Select(message => message.Body.GetProperty("dedup_key").GetString()).ToList();
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[0], keys[2]);
    }
}
