using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Tests.Deliveries;

public sealed class AlertBookTests
{
    [Fact]
    public async Task Of_fifty_writers_at_once_one_opens_the_alert()
    {
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new FixedConfigurationSource(new PlatformConfiguration()),
            TimeProvider.System);
        var crossing = Sample.Crossing(channels: ["a", "b"]);

        var opened = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => replica.OpenAsync(crossing)));

        Assert.Single(opened, isNew => isNew);
        Assert.Equal(["a", "b"], (await replica.DeliveriesAsync()).Select(delivery => delivery.Channel).Order());
    }

    [Fact]
    public async Task Each_threshold_and_each_period_is_an_alert_of_its_own()
    {
        await using var replica = AlertingReplica.Build(
            await AlertingReplica.CreateDatabaseAsync(),
            new FixedConfigurationSource(new PlatformConfiguration()),
            TimeProvider.System);

        Assert.True(await replica.OpenAsync(Sample.Crossing(8000)));
        Assert.True(await replica.OpenAsync(Sample.Crossing(9000)));
        Assert.True(await replica.OpenAsync(Sample.Crossing(8000, period: "2026-12")));
        Assert.False(await replica.OpenAsync(Sample.Crossing(8000)));
    }
}
