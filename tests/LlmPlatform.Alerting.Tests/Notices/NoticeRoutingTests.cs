using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Notices;

public sealed class NoticeRoutingTests : IAsyncLifetime
{
    private const string Channel = "ops-slack";

    private readonly ManualTimeProvider _clock = new();
    private SlackSink _slack = null!;

    public async ValueTask InitializeAsync() => _slack = await SlackSink.StartAsync();

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    [Fact]
    public void Rules_add_channels_by_kind_scope_and_severity_and_a_channel_hears_nothing_lighter_than_it_asks_for()
    {
        var configuration = new ChangingConfiguration(
            Named("finance"), Named("acme"), Named("pager") with { MinSeverity = AlertSeverity.Critical })
        {
            Alerting = new AlertingConfiguration
            {
                Routes =
                [
                    Route("acme", scope: "*:acme*", kind: "budget.*"),
                    Route("pager"),
                    Route("finance", kind: "bill.*"),
                ],
            },
        };
        var routing = new NoticeRouting(configuration);

        Assert.Equal(
            ["later", "acme"], routing.ChannelsOf("budget.x", "team:acme/a", AlertSeverity.Warning, ["later"]));
        Assert.Equal(
            ["acme", "pager"], routing.ChannelsOf("budget.x", "tenant:acme", AlertSeverity.Critical, ["acme"]));
        Assert.Equal(["finance"], routing.ChannelsOf("bill.issued", "tenant:beta", AlertSeverity.Info, null));
        Assert.Equal([], routing.ChannelsOf("provider.down", "provider:x", AlertSeverity.Warning, null));

        configuration.Alerting = new AlertingConfiguration();
        Assert.Equal(
            ["finance", "acme"], routing.ChannelsOf("provider.down", "provider:x", AlertSeverity.Warning, null));
        Assert.Equal([], routing.ChannelsOf("budget.x", "tenant:acme", AlertSeverity.Warning, []));
    }

    [Fact]
    public void What_is_said_of_a_channel_is_said_to_others_and_to_all_of_them_where_the_rules_name_none()
    {
        var configuration = new ChangingConfiguration(
            Named("room"), Named("hook"), Named("pager") with { MinSeverity = AlertSeverity.Critical });
        var routing = new NoticeRouting(configuration);

        Assert.Equal(["room", "pager"], Told("hook"));
        configuration.Alerting = new AlertingConfiguration { Routes = [Route("room", kind: "channel.*")] };
        Assert.Equal(["room"], Told("hook"));
        Assert.Equal(["hook", "pager"], Told("room"));

        IReadOnlyList<string> Told(string channel) => routing.ChannelsOf(
            "channel.disabled", $"channel:{channel}", AlertSeverity.Critical, null);
    }

    [Fact]
    public async Task What_can_wait_is_gathered_into_one_message_and_what_cannot_goes_out_at_once()
    {
        await using var replica = await ReplicaAsync(channel => channel with { Digest = TimeSpan.FromMinutes(30) });
        _clock.Advance(TimeSpan.FromMinutes(7));
        for (var threshold = 1_000; threshold <= 5_000; threshold += 1_000)
            await replica.OpenAsync(Sample.Crossing(threshold));
        await replica.OpenAsync(Sample.Crossing(10_000));

        await replica.SendDueAsync(Channel);
        Assert.Contains("exhausted", Assert.Single(_slack.Messages).Raw, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(22));
        Assert.Equal(0, await replica.SendDueAsync(Channel));
        _slack.FailNext(1, 503);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await replica.SendDueAsync(Channel);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await replica.SendDueAsync(Channel);

        Assert.Equal(2, _slack.Messages.Count);
        var gathered = _slack.Messages[1];
        Assert.Contains("5 notices", gathered.Body.GetProperty("text").GetString(), StringComparison.Ordinal);
        foreach (var percent in new[] { 10, 20, 30, 40, 50 })
            Assert.Contains($"has reached {percent} %", gathered.Raw, StringComparison.Ordinal);
        Assert.All(
            await replica.DeliveriesAsync(), delivery => Assert.Equal(DeliveryState.Delivered, delivery.State));
    }

    [Fact]
    public async Task A_channel_that_has_had_its_messages_of_an_hour_gets_the_rest_as_one()
    {
        await using var replica = await ReplicaAsync(channel => channel with { MaxPerHour = 2 });
        for (var threshold = 1_000; threshold <= 6_000; threshold += 1_000)
        {
            await replica.OpenAsync(Sample.Crossing(threshold));
            await replica.SendDueAsync(Channel);
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(2, _slack.Messages.Count);
        await replica.OpenAsync(Sample.Crossing(10_000));
        await replica.SendDueAsync(Channel);
        Assert.Equal(3, _slack.Messages.Count);

        _clock.Advance(TimeSpan.FromHours(1));
        await replica.SendDueAsync(Channel);
        Assert.Equal(4, _slack.Messages.Count);
        Assert.Contains("4 notices", _slack.Messages[3].Raw, StringComparison.Ordinal);
    }

    private static ChannelConfiguration Named(string name) => new() { Name = name, Kind = ChannelKind.Slack };

    private static AlertRouteConfiguration Route(string channel, string? scope = null, string? kind = null) => new()
    {
        Scope = scope is null ? null : new GlobList([scope]),
        Kind = kind is null ? null : new GlobList([kind]),
        Channels = [channel],
    };

    private async Task<AlertingReplica> ReplicaAsync(Func<ChannelConfiguration, ChannelConfiguration> with) =>
        AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new ChangingConfiguration(with(Sample.Slack(_slack))),
            _clock);
}
