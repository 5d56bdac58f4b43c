using LlmPlatform.Alerting.Demotions;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Demotions;

/// <summary><see cref="DeploymentDemotedConsumer"/> and <see cref="DeploymentRestoredConsumer"/>.</summary>
public sealed class DemotionTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset _at = new(2026, 12, 4, 9, 0, 0, TimeSpan.Zero);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_on_call_hears_once_of_each_demotion_and_once_of_its_end_in_whatever_order_they_come()
    {
        await using var slack = await SlackSink.StartAsync();
        await using var replica = await AlertingReplica.StartAsync(
            await AlertingReplica.CreateDatabaseAsync(), new ChangingConfiguration(Sample.Slack(slack)));
        var (quick, late) = (Demoted("quick"), Demoted("late"));

        foreach (var _ in Enumerable.Range(0, 5))
            await replica.Bus.Publish(quick, Now);
        await ToldAsync(slack, "quick/gpt-9 is demoted: 12 % of its attempts failed");
        foreach (var _ in Enumerable.Range(0, 3))
            await replica.Bus.Publish(Restored(quick), Now);
        await ToldAsync(slack, "quick/gpt-9 is taken back");

        // The end before the beginning: it says what of, and the beginning is stale when it comes.
        await replica.Bus.Publish(Restored(late), Now);
        await ToldAsync(slack, "late/gpt-9 is taken back");
        foreach (var _ in Enumerable.Range(0, 3))
            await replica.Bus.Publish(late, Now);

        // Demoted anew, it is told anew, behind all repeats on the same channel.
        await replica.Bus.Publish(quick with { DemotedAt = _at.AddHours(1) }, Now);
        await Eventually.UntilAsync(() => slack.Messages.Count >= 4, _deadline, "it is told anew", Now);
        Assert.Equal(4, slack.Messages.Count);
        Assert.Equal(4, (await replica.DeliveriesAsync()).Count);
    }

    private static Task ToldAsync(SlackSink slack, string what) => Eventually.UntilAsync(
        () => slack.Messages.Any(message => message.Raw.Contains(what, StringComparison.Ordinal)),
        _deadline,
        what,
        Now);

    private static DeploymentDemoted Demoted(string provider) => new()
    {
        Provider = provider,
        ProviderModel = "gpt-9",
        DemotedAt = _at,
        Reason = "12 % of its attempts failed",
    };

    private static DeploymentRestored Restored(DeploymentDemoted demoted) => new()
    {
        Provider = demoted.Provider,
        ProviderModel = demoted.ProviderModel,
        DemotedAt = demoted.DemotedAt,
        Reason = demoted.Reason,
        RestoredAt = demoted.DemotedAt.AddMinutes(5),
    };
}
