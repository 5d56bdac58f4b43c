using System.Globalization;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using LlmPlatform.Money.Periods;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using LlmPlatform.TestKit.Sinks;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Alerting.Tests.Deliveries;

/// <summary>
/// A year of budgets, by way of the bus: three processes run the saga that finds crossings, its outbox, and those who
/// tell people.
/// </summary>
public sealed class SimulatedYearTests
{
    // Past, so that what the processes themselves say of the current periods is about others.
    private const int Year = 2025;

    private const int PublishedAtOnce = 32;

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(4);

    private static readonly string[] _zones =
        ["UTC", "Asia/Taipei", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"];

    private static readonly string[] _channels = ["ops-slack", "hook", "finance-mail"];

    // What has been spent of the limit at four moments of a period, in hundredths: past every threshold in turn.
    private static readonly int[] _levels = [50, 82, 93, 104];

    private static readonly int[] _thresholds = [8_000, 9_000, 10_000];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Every month of five zones, and the weeks at whose ends the year or the hour changes; the beginning of each, its
    /// levels and its end arrive up to three times, all of them shuffled over the year, at any of three processes.
    /// Slack refuses, stumbles, hangs and forgets its webhook; the mail server refuses for now and for good.
    /// </summary>
    [Fact]
    public async Task In_a_year_of_five_zones_each_crossing_is_delivered_once_on_each_channel()
    {
        await using var slack = await SlackSink.StartAsync();
        await using var hook = await SlackSink.StartAsync();
        await using var mail = SmtpSink.Start();
        Stumble(slack, hook, mail);
        var shared = await TestServers.SharedAsync();
        await using var redis = await TestServers.StartRedisAsync();
        var (postgres, rabbitMq) = (await shared.CreateDatabaseAsync(Token), await shared.CreateVirtualHostAsync());
        var file = new PlatformConfiguration
        {
            Budgets = [.. _zones.SelectMany(zone => new[] { Budget("monthly", zone), Budget("weekly", zone) })],
            Channels = [Sample.Slack(slack), Sample.Webhook(hook), Sample.Mail(mail.Port)],
        };
        var handled = new NumberedMessages();
        await using var first = await BudgetReplica.StartAsync(postgres, rabbitMq, redis.Redis, file, handled);
        await using var second = await BudgetReplica.StartAsync(postgres, rabbitMq, redis.Redis, file, handled);
        await using var third = await BudgetReplica.StartAsync(postgres, rabbitMq, redis.Redis, file, handled);
        await using var database = AlertingReplica.Open(postgres);
        var ids = await IdsAsync(database, file.Budgets.Count);

        var periods = file.Budgets.SelectMany(budget => PeriodsOf(budget).Select(period => (budget, period))).ToList();
        var messages = periods
            .SelectMany(one => MessagesOf(ids[one.budget.Name], one.period))
            .SelectMany((message, i) => Enumerable.Repeat(message, 1 + (i % 3)))
            .ToArray();
        new Random(Year).Shuffle(messages);
        await PublishAsync([first, second, third], messages);
        await Eventually.UntilAsync(
            () => Task.FromResult(handled.Consumed), consumed => consumed == messages.Length, _deadline,
            "every message is consumed", Token);

        var expected = periods.Count * _thresholds.Length * _channels.Length;
        var ended = await Eventually.UntilAsync(
            () => DeliveriesAsync(database),
            found => found.Count == expected && found.All(delivery => delivery.State != DeliveryState.Pending),
            _deadline, $"{expected} deliveries have come to an end", Token);

        // Refused for good, by each in its way: others are told, an operator mends the channel and asks for the mail
        // again.
        var dead = Assert.Single(ended, delivery => delivery.State == DeliveryState.Dead);
        Assert.Equal("finance-mail", dead.Channel);
        Assert.All(
            ended.Where(delivery => delivery.State == DeliveryState.ChannelDisabled),
            delivery => Assert.Equal("ops-slack", delivery.Channel));
        await Eventually.UntilAsync(
            () => hook.Messages.Count(message => TypeOf(message) == "channel.disabled") == 1, _deadline,
            "it is told that the chat room is disabled", Token);
        await MendAsync(second, dead);
        await Eventually.UntilAsync(
            () => DeliveriesAsync(database),
            found => found.Count == expected && found.All(delivery => delivery.State == DeliveryState.Delivered),
            _deadline, "what was refused is delivered", Token);

        AssertToldOnce(await DeliveriesAsync(database), slack, hook, mail);
        Assert.Equal(
            Expected(periods),
            hook.Messages.Where(message => TypeOf(message) == Alert.Kind).Select(Told).Order(StringComparer.Ordinal));
        await Eventually.UntilAsync(
            () => ClosedAsync(database), closed => closed == periods.Count, _deadline,
            $"{periods.Count} periods are closed", Token);
    }

    private static void Stumble(SlackSink slack, SlackSink hook, SmtpSink mail)
    {
        slack.FailNext(2, 500);
        slack.FailNext(1, SlackSink.NoAnswer);
        slack.FailNext(2, 429, TimeSpan.FromSeconds(1));
        slack.FailNext(1, 404);
        hook.FailNext(3, 503);
        hook.FailNext(2, 429, TimeSpan.FromSeconds(1));
        mail.FailNext(2, 421, SmtpStage.Sender);
        mail.FailNext(2, 451);
        mail.FailNext(1, 550, SmtpStage.Recipient);
    }

    private static BudgetConfiguration Budget(string period, string zone) => new()
    {
        Name = $"{period}-{zone}",
        Scope = ScopeReference.TryParse("tenant:acme", out var scope) ? scope : throw new InvalidOperationException(),
        LimitUsd = 1,
        Period = BudgetPeriodText.TryParse(period, out var read) ? read : throw new ArgumentException(period),
        TimeZone = zone,
        Channels = _channels,
    };

    // Of the weeks only those that are cut at an odd place: where the year ends, and where clocks are changed.
    private static IEnumerable<BudgetPeriod> PeriodsOf(BudgetConfiguration budget)
    {
        var calendar = new BudgetCalendar(budget.Period.Kind, budget.TimeZone);
        var (begin, end) = (new DateTimeOffset(Year, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(Year + 1, 1, 1, 0, 0, 0, TimeSpan.Zero));
        for (var period = calendar.At(begin); period.StartsAt < end; period = calendar.At(period.EndsAt))
        {
            var isOdd = period.StartsAt <= begin || period.EndsAt >= end
                || period.EndsAt - period.StartsAt != TimeSpan.FromDays(7);
            if (budget.Period.Kind == BudgetPeriodKind.Monthly || isOdd)
                yield return period;
        }
    }

    private static IEnumerable<object> MessagesOf(string budgetId, BudgetPeriod period)
    {
        yield return new BudgetPeriodOpened
        {
            BudgetId = budgetId,
            PeriodId = period.Id,
            Revision = 1,
            StartsAt = period.StartsAt,
            EndsAt = period.EndsAt,
        };
        for (var i = 0; i < _levels.Length; i++)
        {
            yield return new BudgetUsageAdvanced
            {
                BudgetId = budgetId,
                PeriodId = period.Id,
                Revision = 1,
                SpentNanoUsd = NanoUsd.PerUsd / 100 * _levels[i],
                LimitNanoUsd = NanoUsd.PerUsd,

                // The first with its first instant, the last with its last: in whole ticks, because a quotient that is
                // rounded up would be an instant of the next period.
                ObservedAt = period.StartsAt.AddTicks(
                    ((period.EndsAt - period.StartsAt).Ticks - 1) * i / (_levels.Length - 1)),
            };
        }

        yield return new BudgetPeriodEnded { BudgetId = budgetId, PeriodId = period.Id, EndedAt = period.EndsAt };
    }

    private static async Task PublishAsync(BudgetReplica[] replicas, object[] messages)
    {
        foreach (var some in messages.Index().Chunk(PublishedAtOnce))
        {
            await Task.WhenAll(some.Select(one => replicas[one.Index % replicas.Length].Bus.Publish(
                one.Item,
                Pipe.Execute<PublishContext>(sent => NumberedMessages.Number(sent, one.Index)),
                Token)));
        }
    }

    private static Task<Dictionary<string, string>> IdsAsync(AlertingDbContext database, int count) =>
        Eventually.UntilAsync(
            async () => (await database.Database
                    .SqlQuery<string>($"""SELECT name || ' ' || id AS "Value" FROM metering.budget""")
                    .ToListAsync(Token))
                .ToDictionary(line => line.Split(' ')[0], line => line.Split(' ')[1]),
            ids => ids.Count == count, _deadline, "the budgets of the file are applied", Token);

    private static Task<int> ClosedAsync(AlertingDbContext database) => database.Database
        .SqlQuery<int>($"""
            SELECT count(*)::int AS "Value" FROM metering.budget_period_state WHERE current_state = 'Closed'
            """)
        .SingleAsync(Token);

    private static Task<List<Delivery>> DeliveriesAsync(AlertingDbContext database) =>
        database.Deliveries.AsNoTracking().Where(delivery => delivery.AlertId != null).ToListAsync(Token);

    private static async Task MendAsync(BudgetReplica replica, Delivery dead)
    {
        await using var scope = replica.Services.CreateAsyncScope();
        Assert.True(await scope.ServiceProvider.GetRequiredService<DeliveryBook>().RestartAsync(dead.Id, Token));
        Assert.True(await scope.ServiceProvider.GetRequiredService<DisabledChannels>().RemoveAsync("ops-slack", Token));
    }

    private static string? TypeOf(SlackMessage message) => message.Body.GetProperty("type").GetString();

    // What each channel took is what was to be delivered to it, no more and no less.
    private static void AssertToldOnce(List<Delivery> deliveries, SlackSink slack, SlackSink hook, SmtpSink mail)
    {
        Assert.Equal(
            ShortIds("ops-slack"),
            slack.Messages.Select(message => message.Body.GetProperty("text").GetString()![^9..^1])
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            ShortIds("hook").Count, hook.Messages.Count(message => TypeOf(message) == Alert.Kind));
        Assert.Equal(
            ShortIds("finance-mail"),
            mail.Messages.Where(message => message.Subject.Contains("Budget ", StringComparison.Ordinal))
                .Select(message => message.Header("Message-ID").Split('@')[0][^8..])
                .Order(StringComparer.Ordinal));

        List<string> ShortIds(string channel) =>
        [
            .. deliveries.Where(delivery => delivery.Channel == channel)
                .Select(delivery => delivery.Id.ToString("N")[^8..]).Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Expected(List<(BudgetConfiguration Budget, BudgetPeriod Period)> periods) =>
        periods.SelectMany(one => _thresholds.Select(threshold => string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Budget.Name} {one.Period.StartsAt.UtcTicks} {one.Period.EndsAt.UtcTicks} {threshold}")))
            .Order(StringComparer.Ordinal);

    private static string Told(SlackMessage message)
    {
        var data = message.Body.GetProperty("data");
        var startsAt = data.GetProperty("period_starts_at").GetDateTimeOffset().UtcTicks;
        var endsAt = data.GetProperty("period_ends_at").GetDateTimeOffset().UtcTicks;
        var threshold = data.GetProperty("threshold_basis_points").GetInt32();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{data.GetProperty("budget").GetString()} {startsAt} {endsAt} {threshold}");
    }
}
