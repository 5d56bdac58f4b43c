using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Incidents;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Incidents;

/// <summary>
/// With <see cref="ConditionObservedConsumer"/>, <see cref="UnpricedUsageFoundConsumer"/> and
/// <see cref="UnpricedUsageRatedConsumer"/>.
/// </summary>
public sealed class IncidentTests : IAsyncLifetime
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _clock = new();
    private SlackSink _slack = null!;
    private SlackSink _oncall = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        (_slack, _oncall) = (await SlackSink.StartAsync(), await SlackSink.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _slack.DisposeAsync();
        await _oncall.DisposeAsync();
    }

    [Fact]
    public async Task A_condition_is_told_once_when_it_begins_and_once_when_it_ends_whatever_repeats_and_overtakes()
    {
        var postgres = await AlertingReplica.CreateDatabaseAsync();
        var configuration = new ChangingConfiguration(Sample.Slack(_slack), Sample.OnCall(_oncall));
        await using var one = AlertingReplica.Build(postgres, configuration, _clock);
        await using var other = AlertingReplica.Build(postgres, configuration, _clock);
        var began = _clock.GetUtcNow();
        var random = new Random(6);

        // Down and up three times; each said several times, to both replicas, in any order within its time.
        for (var episode = 0; episode < 3; episode++)
        {
            foreach (var holds in new[] { true, false })
            {
                var since = began + TimeSpan.FromMinutes((20 * episode) + (holds ? 0 : 10));
                var said = Enumerable.Range(0, 6).Select(minute => Sample.Down(
                    since + TimeSpan.FromMinutes(minute), holds)).ToArray();
                var told = said.Concat(said).ToArray();
                random.Shuffle(told);
                await Task.WhenAll(told.Select((seen, i) => (i % 2 == 0 ? one : other).HearAsync(seen)));
                foreach (var channel in new[] { "ops-slack", "oncall" })
                    await Task.WhenAll(one.SendDueAsync(channel), other.SendDueAsync(channel));
            }
        }

        // An echo of long ago.
        await one.HearAsync(Sample.Down(began));
        await one.SendDueAsync("ops-slack");

        var titles = _slack.Messages.Select(message => message.Body.GetProperty("text").GetString()!).ToList();
        Assert.Equal(6, titles.Count);
        for (var i = 0; i < 6; i++)
            Assert.Contains(i % 2 == 0 ? "openai is down" : "openai is up again", titles[i], StringComparison.Ordinal);
        var events = _oncall.Messages.Select(message => (
            message.Body.GetProperty("event_action").GetString(), message.Body.GetProperty("dedup_key").GetString()));
        Assert.Equal(
            [.. Enumerable.Range(1, 3).SelectMany(episode => new[]
            {
                ((string?)"trigger", (string?)$"provider.down:openai:{episode}"),
                ("resolve", $"provider.down:openai:{episode}"),
            })],
            events);
    }

    [Fact]
    public async Task A_trouble_that_comes_and_goes_is_told_every_ten_minutes_and_one_that_stays_is_told()
    {
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.OnCall(_oncall)), _clock);
        var began = _clock.GetUtcNow();
        for (var minute = 0; minute < 61; minute++)
        {
            _clock.AdvanceTo(began.AddMinutes(minute));
            await replica.HearAsync(Sample.Down(_clock.GetUtcNow(), holds: minute % 3 != 2));
            await replica.SendDueAsync("oncall");
        }

        // It begins every third minute and lasts two: told at 0, then kept back until 10, and so on.
        var (told, last) = (EventsTold(), _clock.GetUtcNow());
        Assert.Equal(told.Where((_, i) => i % 2 == 0), told.Where(action => action == "trigger"));
        Assert.InRange(told.Count(action => action == "trigger"), 5, 7);

        // From now on it stays.
        for (var minute = 0; minute < 10; minute++)
        {
            _clock.AdvanceTo(last.AddMinutes(minute));
            await replica.HearAsync(Sample.Down(_clock.GetUtcNow()));
            await replica.SendDueAsync("oncall");
        }

        Assert.Equal("trigger", EventsTold()[^1]);
    }

    [Fact]
    public async Task What_is_no_longer_said_runs_out()
    {
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.Slack(_slack)), _clock);
        await replica.HearAsync(Sample.Down(_clock.GetUtcNow(), goodFor: TimeSpan.FromMinutes(5)));
        _clock.Advance(TimeSpan.FromMinutes(4));
        await replica.HearAsync(Sample.Down(_clock.GetUtcNow(), goodFor: TimeSpan.FromMinutes(5)));
        await replica.SendDueAsync("ops-slack");

        _clock.Advance(TimeSpan.FromMinutes(4));
        await replica.WithAsync<IncidentBook>(book => book.ExpireAsync(Token));
        Assert.Equal(0, await replica.SendDueAsync("ops-slack"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await replica.WithAsync<IncidentBook>(book => book.ExpireAsync(Token));
        await replica.WithAsync<IncidentBook>(book => book.ExpireAsync(Token));
        await replica.SendDueAsync("ops-slack");

        Assert.Equal(2, _slack.Messages.Count);
        Assert.Contains("no longer reported", _slack.Messages[1].Raw, StringComparison.Ordinal);
        Assert.Contains("9 minutes", _slack.Messages[1].Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Planned_work_holds_back_what_it_names_and_what_is_over_by_its_end_is_told_to_nobody()
    {
        var configuration = new ChangingConfiguration(Sample.Slack(_slack))
        {
            Alerting = new AlertingConfiguration
            {
                Maintenance =
                [
                    new MaintenanceConfiguration
                    {
                        From = _clock.GetUtcNow(),
                        Until = _clock.GetUtcNow() + TimeSpan.FromHours(2),
                        Kind = new GlobList(["provider.*"]),
                    },
                ],
            },
        };
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(), configuration, _clock);
        await replica.HearAsync(Sample.Down(_clock.GetUtcNow(), provider: "a"));
        await replica.HearAsync(Sample.Down(_clock.GetUtcNow(), provider: "b"));
        await replica.OpenAsync(Sample.Crossing());

        Assert.Equal(1, await replica.SendDueAsync("ops-slack"));
        Assert.Contains("acme-month", Assert.Single(_slack.Messages).Raw, StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromHours(1));
        await replica.HearAsync(Sample.Down(_clock.GetUtcNow(), holds: false, provider: "a"));
        _clock.Advance(TimeSpan.FromHours(1));
        await replica.SendDueAsync("ops-slack");

        Assert.Equal(2, _slack.Messages.Count);
        Assert.Contains("Provider b is down", _slack.Messages[1].Raw, StringComparison.Ordinal);
        Assert.Equal(
            [DeliveryState.Withdrawn, DeliveryState.Delivered, DeliveryState.Delivered],
            (await replica.DeliveriesAsync()).Select(delivery => delivery.State));
    }

    [Fact]
    public async Task A_model_without_a_price_is_told_until_it_has_one_and_both_are_listed()
    {
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.Slack(_slack)));
        var at = _clock.GetUtcNow();
        await replica.Bus.Publish(
            new UnpricedUsageFound
            {
                Sku = "new@openai/new-1",
                Model = "new",
                Provider = "openai",
                ServiceTier = "flex",
                FoundAt = at,
            },
            Token);
        await Eventually.UntilAsync(() => _slack.Messages.Count == 1, _deadline, "it is told", Token);
        await replica.Bus.Publish(
            new UnpricedUsageRated { Sku = "new@openai/new-1", ServiceTier = "flex", RatedAt = at.AddHours(1) }, Token);
        await Eventually.UntilAsync(() => _slack.Messages.Count == 2, _deadline, "its end is told", Token);
        await replica.Bus.Publish(Sample.Down(at), Token);
        await Eventually.UntilAsync(() => _slack.Messages.Count == 3, _deadline, "another is told", Token);

        using var client = replica.Operator();
        var all = await client.GetStringAsync("/admin/v1/incidents", Token);
        var open = await client.GetStringAsync("/admin/v1/incidents?open=true", Token);
        Assert.Contains("new@openai/new-1 (flex)", all, StringComparison.Ordinal);
        Assert.Contains("provider.down", open, StringComparison.Ordinal);
        Assert.DoesNotContain("new@openai", open, StringComparison.Ordinal);
    }

    private List<string> EventsTold() =>
        [.. _oncall.Messages.Select(message => message.Body.GetProperty("event_action").GetString()!)];
}
