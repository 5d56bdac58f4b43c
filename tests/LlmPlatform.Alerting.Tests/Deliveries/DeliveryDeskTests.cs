using System.Net;
using System.Net.Sockets;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Deliveries;

public sealed class DeliveryDeskTests : IAsyncLifetime
{
    private const string Channel = "ops-slack";

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
    public async Task A_channel_that_fails_three_times_gets_the_notice_once_after_longer_and_longer_pauses()
    {
        _slack.FailNext(3, status: 500);
        await _replica.OpenAsync(Sample.Crossing());

        foreach (var (pause, attempts) in new[] { (0, 1), (5, 2), (30, 3), (120, 4) })
        {
            // A fifth longer than the pause at most; a fifth shorter at least.
            _clock.Advance(TimeSpan.FromSeconds(pause * 0.79));
            if (pause > 0)
                Assert.Equal(0, await _replica.SendDueAsync(Channel));
            _clock.Advance(TimeSpan.FromSeconds(pause * 0.42));
            await _replica.SendDueAsync(Channel);
            Assert.Equal(attempts, _slack.Attempts.Count);
        }

        var delivery = await _replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Delivered, 4), (delivery.State, delivery.Attempts));
        Assert.Single(_slack.Messages);
        Assert.Equal(_clock.GetUtcNow(), delivery.DeliveredAt);
    }

    [Fact]
    public async Task A_channel_that_asks_for_a_pause_gets_it()
    {
        _slack.FailNext(1, status: 429, retryAfter: TimeSpan.FromSeconds(77));
        await _replica.OpenAsync(Sample.Crossing());
        await _replica.SendDueAsync(Channel);

        _clock.Advance(TimeSpan.FromSeconds(76.9));
        Assert.Equal(0, await _replica.SendDueAsync(Channel));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, await _replica.SendDueAsync(Channel));
        Assert.Single(_slack.Messages);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(302)]
    public async Task A_refusal_for_good_is_given_up_at_once(int status)
    {
        _slack.FailNext(1, status);
        await _replica.OpenAsync(Sample.Crossing());

        await _replica.SendDueAsync(Channel);
        _clock.Advance(TimeSpan.FromDays(2));
        await _replica.SendDueAsync(Channel);

        var delivery = await _replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Dead, 1), (delivery.State, delivery.Attempts));
        Assert.StartsWith($"HTTP {status}", delivery.LastResult, StringComparison.Ordinal);
        Assert.Single(_slack.Attempts);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_channel_whose_address_is_gone_is_sent_nothing_until_it_has_another_and_others_are_told(
        int status)
    {
        await using var hook = await SlackSink.StartAsync();
        await using var elsewhere = await SlackSink.StartAsync();
        var configuration = new ChangingConfiguration(Sample.Slack(_slack), Sample.Webhook(hook));
        await using var replica = AlertingReplica.Build(_replica.Postgres, configuration, _clock);
        _slack.FailNext(1, status);
        await replica.OpenAsync(Sample.Crossing());
        await replica.SendDueAsync(Channel);
        await replica.OpenAsync(Sample.Crossing(9000));
        await replica.SendDueAsync(Channel);
        await replica.SendDueAsync("hook");

        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await replica.Desk.TakeUpAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await replica.SendDueAsync(Channel));
        Assert.Single(_slack.Attempts);
        Assert.All(
            (await replica.DeliveriesAsync()).Where(delivery => delivery.Channel == Channel),
            delivery => Assert.Equal(DeliveryState.ChannelDisabled, delivery.State));
        var told = Assert.Single(hook.Messages).Body.GetProperty("data");
        Assert.Equal((Channel, $"HTTP {status}"), (Text(told, "subject"), Text(told, "detail")));

        await configuration.ChangeAsync(Sample.Slack(elsewhere), Sample.Webhook(hook));
        Assert.Equal(2, await replica.Desk.TakeUpAsync(TestContext.Current.CancellationToken));
        await replica.SendDueAsync(Channel);
        await replica.SendDueAsync("hook");

        Assert.Equal(2, elsewhere.Messages.Count);
        Assert.Single(_slack.Attempts);
        Assert.Equal(2, hook.Messages.Count);
        Assert.True(hook.Messages[1].Body.GetProperty("is_over").GetBoolean());

        static string? Text(System.Text.Json.JsonElement data, string name) => data.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_channel_that_never_answers_well_is_tried_for_a_day_and_then_given_up()
    {
        _slack.FailNext(1_000, status: 503);
        await _replica.OpenAsync(Sample.Crossing());
        var began = _clock.GetUtcNow();

        for (var delivery = await _replica.DeliveryAsync(); delivery.State == DeliveryState.Pending;)
        {
            _clock.AdvanceTo(delivery.DueAt);
            await _replica.SendDueAsync(Channel);
            delivery = await _replica.DeliveryAsync();
        }

        Assert.Equal(DeliveryState.Dead, (await _replica.DeliveryAsync()).State);
        Assert.Equal(TimeSpan.FromDays(1), _clock.GetUtcNow() - began);
        Assert.InRange(_slack.Attempts.Count, 9, 11);
    }

    [Fact]
    public async Task Several_senders_at_once_send_once()
    {
        await using var other = AlertingReplica.Build(
            _replica.Postgres, new ChangingConfiguration(Sample.Slack(_slack)), _clock);
        for (var threshold = 1; threshold <= 10; threshold++)
            await _replica.OpenAsync(Sample.Crossing(threshold * 1000));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(sender =>
            (sender % 2 == 0 ? _replica : other).SendDueAsync(Channel)));

        Assert.Equal(10, _slack.Attempts.Count);
        Assert.All(await _replica.DeliveriesAsync(), delivery => Assert.Equal(
            (DeliveryState.Delivered, 1), (delivery.State, delivery.Attempts)));
    }

    [Fact]
    public async Task What_a_process_claimed_and_died_with_is_sent_when_the_lease_ends()
    {
        await _replica.OpenAsync(Sample.Crossing());
        await using var database = AlertingReplica.Open(_replica.Postgres);
        var claim = await new DeliveryBook(database, new DeliveryOptions(), _clock)
            .ClaimAsync(Channel, TestContext.Current.CancellationToken);
        Assert.NotNull(claim);

        _clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await _replica.SendDueAsync(Channel));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await _replica.SendDueAsync(Channel));
    }

    [Fact]
    public async Task A_channel_that_is_not_reached_is_tried_again_and_its_address_stays_hidden()
    {
        var nowhere = new Uri("http://127.0.0.1:9/");
        await using var replica = AlertingReplica.Build(
            _replica.Postgres, new ChangingConfiguration(Sample.Slack(nowhere)), _clock);
        await replica.OpenAsync(Sample.Crossing());

        await replica.SendDueAsync(Channel);

        var delivery = await replica.DeliveryAsync();
        Assert.Equal(DeliveryState.Pending, delivery.State);
        Assert.Equal("not reached: ConnectionError", delivery.LastResult);
        Assert.DoesNotContain(replica.Log, line => line.Contains(Sample.AddressSecret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_no_file_declares_is_waited_for_and_told_once_it_is_declared()
    {
        var configuration = new ChangingConfiguration();
        await using var running = await AlertingReplica.StartAsync(_replica.Postgres, configuration);
        await running.OpenAsync(Sample.Crossing());
        await Eventually.UntilAsync(
            async () => (await running.DeliveryAsync()).State == DeliveryState.ChannelMissing,
            TimeSpan.FromSeconds(60), "The delivery is set aside", TestContext.Current.CancellationToken);

        await configuration.ChangeAsync(Sample.Slack(_slack));

        await Eventually.UntilAsync(
            async () => (await running.DeliveryAsync()).State == DeliveryState.Delivered,
            TimeSpan.FromSeconds(60), "The delivery is made", TestContext.Current.CancellationToken);
        Assert.Single(_slack.Attempts);
    }

    [Fact]
    public async Task One_channel_that_hangs_keeps_no_other_waiting()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var mail = Sample.Mail(((IPEndPoint)silent.LocalEndpoint).Port);
        await using var running = await AlertingReplica.StartAsync(
            _replica.Postgres, new ChangingConfiguration(mail, Sample.Slack(_slack)), timeout: TimeSpan.FromMinutes(1));
        await running.OpenAsync(Sample.Crossing(channels: ["finance-mail", Channel]));
        await running.OpenAsync(Sample.Crossing(9000, channels: ["finance-mail", Channel]));

        // Sooner than the first attempt at the mail is ended.
        await Eventually.UntilAsync(
            () => _slack.Messages.Count == 2,
            TimeSpan.FromSeconds(55), "Slack is told while mail hangs", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_ended_and_made_again_later()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var mail = Sample.Mail(((IPEndPoint)silent.LocalEndpoint).Port);
        await using var replica = AlertingReplica.Build(_replica.Postgres, new ChangingConfiguration(mail), _clock);
        await replica.OpenAsync(Sample.Crossing(channels: ["finance-mail"]));
        var sending = replica.SendDueAsync("finance-mail");
        await Eventually.UntilAsync(
            () => _clock.WaitingTimers > 0,
            TimeSpan.FromSeconds(60), "the attempt is made", TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await sending.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        var delivery = await replica.DeliveryAsync();
        Assert.Equal((DeliveryState.Pending, "no answer in time"), (delivery.State, delivery.LastResult));
    }
}
