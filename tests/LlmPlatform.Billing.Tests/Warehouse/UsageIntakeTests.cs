using LlmPlatform.Billing.Ledger;
using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Warehouse;

public sealed class UsageIntakeTests
{
    [Theory]
    [InlineData(false, ClickHouseEngine.Oldest)]
    [InlineData(true, ClickHouseEngine.Current)]
    public async Task An_actual_replaces_its_estimate_in_whatever_order_they_come(
        bool actualFirst, ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var request = Guid.CreateVersion7();
        var estimate = Usages.Event(requestId: request, version: 1, tokens: new TokenUsage { OutputText = 4096 });
        var actual = Usages.Event(requestId: request, tokens: new TokenUsage { InputUncached = 7, OutputText = 3 });
        UsageRecorded[] order = actualFirst ? [actual, estimate] : [estimate, actual];
        await billing.StoreAsync(Usages.Envelope(1, order[0]));
        await billing.StoreAsync(Usages.Envelope(2, order[1]));

        var total = (await billing.UsageOfAsync(1)).GetProperty("total");
        Assert.Equal(Oracle.CostOf(actual), total.GetProperty("cost_usd").GetDecimal());
        Assert.Equal(0, total.GetProperty("estimated").GetInt64());
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_replaced_estimate_is_not_found_by_what_only_it_said(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var request = Guid.CreateVersion7();
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(requestId: request, version: 1, model: "large")));
        await billing.StoreAsync(Usages.Envelope(2, Usages.Event(requestId: request, model: "small")));

        var report = await billing.GetAsync("/admin/v1/usage?from=2026-01-01&to=2027-01-01&model=large");
        Assert.Equal(0, report.GetProperty("total").GetProperty("requests").GetInt64());
    }

    [Fact]
    public async Task Usage_that_cannot_be_billed_is_kept_aside_once_and_the_rest_is_stored()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var events = Usages.Many(40, new Random(2)).ToArray();
        events[7] = Usages.Event(tokens: new TokenUsage { InputUncached = -1 }) with { Tenant = "no\0body" };
        events[23] = Usages.Event(at: DateTimeOffset.UnixEpoch.AddYears(-1));
        var envelope = Usages.Envelope(100, events);
        await billing.StoreAsync(envelope);
        await billing.StoreAsync(envelope);

        Assert.Equal(76, await billing.RowsAsync());
        var kept = await QuarantineOf(billing);
        Assert.Equal([107, 123], kept.Select(row => row.Sequence));
        Assert.Equal([events[7].EventId, events[23].EventId], kept.Select(row => row.EventId));
        Assert.Equal(["A quantity of tokens is impossible.", "It occurred outside 1970 to 2106."],
            kept.Select(row => row.Reason));
        Assert.Contains("\"InputUncached\":-1", kept[0].Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_contradicts_an_event_that_is_stored_is_kept_aside_and_what_was_first_stands()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var first = Usages.Event(tokens: new TokenUsage { InputUncached = 1000 });
        var more = first with { Tokens = new TokenUsage { InputUncached = 2000 } };
        var otherPayer = first with { Tenant = "zeta" };
        var otherHour = first with { EventVersion = 3, OccurredAt = first.OccurredAt.AddHours(3) };
        var sameLater = first with { RecordedAt = first.RecordedAt.AddMinutes(1) };
        await billing.StoreAsync(Usages.Envelope(1, first, more));
        foreach (var again in new[] { Usages.Envelope(3, otherPayer, otherHour, sameLater), Usages.Envelope(2, more) })
        {
            await billing.StoreAsync(again);
            await billing.StoreAsync(again);
        }

        var kept = await QuarantineOf(billing);
        Assert.Equal([2L, 3, 4], kept.Select(row => row.Sequence));
        Assert.All(kept.Take(2), row => Assert.Contains("same id and version", row.Reason, StringComparison.Ordinal));
        Assert.Contains("another time", kept[2].Reason, StringComparison.Ordinal);
        var total = (await billing.UsageOfAsync(1)).GetProperty("total");
        Assert.Equal(Oracle.CostOf(first), total.GetProperty("cost_usd").GetDecimal());

        // A person decides which is right, and gives it a higher version.
        var desk = $"/admin/v1/completeness/quarantine/{Usages.Edge}/1/2/replay";
        using var asItCame = await billing.PostAsync(desk, new { reason = "again" });
        Assert.Equal(System.Net.HttpStatusCode.Conflict, asItCame.StatusCode);
        using var corrected = await billing.PostAsync(desk, new
        {
            reason = "the provider's bill says so",
            @event = System.Text.Json.JsonSerializer.SerializeToElement(more with { EventVersion = 3 }),
        });
        Assert.Equal(System.Net.HttpStatusCode.NoContent, corrected.StatusCode);
        total = (await billing.UsageOfAsync(1)).GetProperty("total");
        Assert.Equal(Oracle.CostOf(more), total.GetProperty("cost_usd").GetDecimal());
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_stored_row_says_the_same_as_the_event_that_came(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var events = Usages.Many(100, new Random(77)).DistinctBy(usage => usage.EventId).ToList();
        await billing.StoreAsync(Usages.Envelope(1, [.. events]));

        var stored = await billing.Services.GetRequiredService<ClickHouseClient>().QueryAsync(
            $"SELECT {StoredUsage.Columns} FROM usage_events FINAL",
            StoredUsage.Read,
            TestContext.Current.CancellationToken);
        Assert.Equal(
            events.ToDictionary(usage => usage.EventId, UsageContent.HashOf),
            stored.ToDictionary(row => row.Usage.Event.EventId, row => UsageContent.HashOf(row.Usage.Event)));
    }

    [Theory]
    [EveryClickHouse]
    public async Task A_row_that_the_warehouse_refuses_is_isolated_and_the_rest_is_stored(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var rows = Usages.Many(33, new Random(4))
            .Select((usage, index) => new ReceivedUsage(usage, Usages.Edge, 1, index + 1))
            .Select(received => new UsageRow(received, "pv_x", 1m, Rating: 0))
            .ToList();

        // Past the check, only the server is left to refuse it; it refuses the whole insert for one such row.
        foreach (var index in new[] { 5, 32 })
        {
            var usage = rows[index].Usage;
            var broken = usage.Event with { Tokens = new TokenUsage { OutputText = -5 } };
            rows[index] = rows[index] with { Usage = usage with { Event = broken } };
        }

        await billing.Services.GetRequiredService<UsageWriter>()
            .WriteAsync(rows, TestContext.Current.CancellationToken);

        Assert.Equal(31, await billing.RowsAsync());
        var kept = await QuarantineOf(billing);
        Assert.Equal([6, 33], kept.Select(row => row.Sequence));
        Assert.All(kept, row => Assert.StartsWith("ClickHouse code ", row.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Usage_sent_while_the_warehouse_is_away_arrives_once_when_it_is_back()
    {
        await using var servers = await PrivateServers.StartEphemeralAsync(RealServer.ClickHouse);
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()),
            clickHouse: servers.ClickHouse,
            settings: new Dictionary<string, string?> { ["Billing:Ingest:AwayPauseMax"] = "00:00:00.300" });
        var random = new Random(9);
        var events = Usages.Many(200, random);
        await billing.PublishAsync(Usages.Envelopes([.. events.Take(100)], random));
        await billing.UsageOfAsync(100);

        await servers.StopAsync(RealServer.ClickHouse);
        await billing.PublishAsync(Usages.Envelopes(events, random));
        await Eventually.UntilAsync(
            async () => (await billing.RequestAsync("/admin/v1/usage")).StatusCode
                == System.Net.HttpStatusCode.ServiceUnavailable,
            TimeSpan.FromSeconds(60), "usage answers 503", TestContext.Current.CancellationToken);
        await servers.RestartAsync(RealServer.ClickHouse);

        var total = (await billing.UsageOfAsync(200)).GetProperty("total");
        Assert.Equal(Oracle.TotalOf(events), total.GetProperty("cost_usd").GetDecimal());
    }

    [Fact]
    public async Task Every_event_is_rated_again_to_the_last_decimal()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var rater = billing.Services.GetRequiredService<UsageRater>();
        for (var seed = 0; seed < 20; seed++)
        {
            var received = Usages.Many(100, new Random(seed))
                .Select((usage, index) => new ReceivedUsage(usage, Usages.Edge, 1, index + 1)).ToList();
            var rows = await rater.RateAsync(received, TestContext.Current.CancellationToken);
            Assert.All(rows, row =>
            {
                var expected = Oracle.CostOf(row.Usage.Event);
                Assert.Equal(expected ?? 0, row.CostUsd);
                Assert.Equal(expected is null, row.PriceVersion is null);
            });
        }
    }

    private static async Task<List<QuarantinedUsage>> QuarantineOf(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BillingDbContext>().QuarantinedUsage
            .OrderBy(row => row.Sequence).ToListAsync(TestContext.Current.CancellationToken);
    }
}
