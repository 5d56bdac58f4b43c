using System.Globalization;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Money.Periods;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Alerting.Tests.Deliveries;

public sealed class SimulatedYearTests
{
    private static readonly string[] Zones =
        ["UTC", "Asia/Taipei", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"];

    private static readonly int[] Thresholds = [8_000, 9_000, 10_000];

    private static readonly string[] Channels = ["ops-slack", "hook"];

    /// <summary>
    /// Monthly budgets of five zones with three thresholds, and weekly ones with one; each crossing arrives two to four
    /// times, at any of three processes, later and earlier than its neighbours; channels fail now and then.
    /// </summary>
    [Fact]
    public async Task In_a_year_of_five_zones_each_crossing_is_delivered_once_on_each_channel()
    {
        var random = new Random(2026);
        var clock = new ManualTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var slack = await SlackSink.StartAsync();
        await using var hook = await SlackSink.StartAsync();
        var configuration = new ChangingConfiguration(Sample.Slack(slack), Sample.Webhook(hook));
        var postgres = await AlertingReplica.CreateDatabaseAsync();
        await using var first = AlertingReplica.Build(postgres, configuration, clock);
        await using var second = AlertingReplica.Build(postgres, configuration, clock);
        await using var third = AlertingReplica.Build(postgres, configuration, clock);
        AlertingReplica[] replicas = [first, second, third];

        var crossings = Zones.SelectMany(CrossingsOf).OrderBy(crossing => crossing.CrossedAt).ToList();
        foreach (var some in crossings.Chunk(60))
        {
            clock.AdvanceTo(some[^1].CrossedAt);
            slack.FailNext(random.Next(10), 500);
            hook.FailNext(random.Next(10), 429);
            var arriving = some.SelectMany(crossing => Enumerable.Repeat(crossing, random.Next(2, 5))).ToArray();
            random.Shuffle(arriving);
            await Task.WhenAll(replicas.Select((replica, i) => Task.Run(async () =>
            {
                for (var j = i; j < arriving.Length; j += replicas.Length)
                    await replica.OpenAsync(arriving[j]);
            })));

            // Whoever failed is tried again within the next minutes, not only when the next period ends.
            for (var round = 0; round < 3; round++)
            {
                await SendAsync(replicas);
                clock.Advance(TimeSpan.FromMinutes(3));
            }
        }

        // What was told months ago arrives once more.
        foreach (var late in crossings.Where(_ => random.Next(10) == 0))
            await second.OpenAsync(late);
        for (var hour = 0; hour < 24 && (await UndeliveredAsync(first)) > 0; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await SendAsync(replicas);
        }

        Assert.InRange(crossings.Count, 5 * ((12 * 3) + 52), 5 * ((13 * 3) + 54));
        var deliveries = await first.DeliveriesAsync();
        Assert.Equal(crossings.Count * Channels.Length, deliveries.Count);
        Assert.All(deliveries, delivery => Assert.Equal(DeliveryState.Delivered, delivery.State));
        Assert.Equal(
            Expected(crossings), hook.Messages.Select(message => Told(message)).Order(StringComparer.Ordinal));
        Assert.Equal(
            deliveries.Where(delivery => delivery.Channel == "ops-slack")
                .Select(delivery => delivery.Id.ToString("N")[^8..]).Order(StringComparer.Ordinal),
            slack.Messages.Select(message => message.Body.GetProperty("text").GetString()![^9..^1])
                .Order(StringComparer.Ordinal));
    }

    private static IEnumerable<BudgetThresholdCrossed> CrossingsOf(string zone)
    {
        foreach (var kind in new[] { BudgetPeriodKind.Monthly, BudgetPeriodKind.Weekly })
        {
            var calendar = new BudgetCalendar(kind, zone);
            var yearEnd = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
            for (var period = calendar.At(yearEnd.AddYears(-1)); period.StartsAt < yearEnd;
                period = calendar.At(period.EndsAt))
            {
                for (var i = kind == BudgetPeriodKind.Weekly ? 2 : 0; i < Thresholds.Length; i++)
                {
                    yield return Sample.Crossing(Thresholds[i], period.Id, $"{kind}-{zone}", Channels) with
                    {
                        BudgetId = $"{kind}-{zone}",
                        PeriodStartsAt = period.StartsAt,
                        PeriodEndsAt = period.EndsAt,
                        TimeZone = zone,
                        CrossedAt = period.EndsAt - TimeSpan.FromMinutes(3 - i),
                    };
                }
            }
        }
    }

    private static IEnumerable<string> Expected(List<BudgetThresholdCrossed> crossings) => crossings
        .Select(crossing => string.Create(
            CultureInfo.InvariantCulture,
            $"{crossing.BudgetName} {crossing.PeriodEndsAt.UtcTicks} {crossing.ThresholdBasisPoints}"))
        .Order(StringComparer.Ordinal);

    private static string Told(SlackMessage message)
    {
        var data = message.Body.GetProperty("data");
        var endsAt = data.GetProperty("period_ends_at").GetDateTimeOffset().UtcTicks;
        var threshold = data.GetProperty("threshold_basis_points").GetInt32();
        return string.Create(
            CultureInfo.InvariantCulture, $"{data.GetProperty("budget").GetString()} {endsAt} {threshold}");
    }

    private static async Task SendAsync(AlertingReplica[] replicas) => await Task.WhenAll(
        replicas.SelectMany(_ => Channels, (replica, channel) => replica.SendDueAsync(channel)));

    private static async Task<int> UndeliveredAsync(AlertingReplica replica) =>
        (await replica.DeliveriesAsync()).Count(delivery => delivery.State != DeliveryState.Delivered);
}
