using System.Text.Json;
using LlmPlatform.Billing.Completeness;
using LlmPlatform.Billing.Tests.Bills;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Completeness;

/// <summary><see cref="EdgeWatermarkConsumer"/> and <see cref="HoldsExpiredConsumer"/>: what never came.</summary>
public sealed class WatermarkTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 20, 13, 0, 0, TimeSpan.Zero);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [EveryClickHouse]
    public async Task A_month_is_complete_when_every_edge_has_passed_its_end_with_all_it_numbered(
        ClickHouseEngine engine)
    {
        var clock = Closing.Clock(_start);
        await using var billing = await StartAsync(clock, engine);
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(), Usages.Event()));
        await HearAsync(billing, clock, last: 3);
        clock.Advance(TimeSpan.FromDays(11));

        // A call of before the end is still open, and one more number is on its way.
        await HearAsync(billing, clock, last: 4, openSince: _start);
        Assert.False(IsComplete(await MonthAsync(billing)));
        await billing.StoreAsync(Usages.Envelope(3, Usages.Event(), Usages.Event()));
        await HearAsync(billing, clock, last: 4, openSince: _start);
        await HearAsync(billing, clock, last: 4);
        await HearAsync(billing, clock, last: 4);

        var month = await MonthAsync(billing);
        Assert.True(IsComplete(month), month.ToString());
        Assert.Equal(4, month.GetProperty("usage").GetProperty("events").GetInt64());
        Assert.Equal("running", Spool(month).GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_a_vanished_edge_took_with_it_is_missing_until_a_person_signs_for_it()
    {
        var clock = Closing.Clock(_start);
        await using var billing = await StartAsync(clock);
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event()));
        await HearAsync(billing, clock, last: 3);
        clock.Advance(TimeSpan.FromHours(1));

        var report = await billing.GetAsync("/admin/v1/completeness");
        Assert.False(IsComplete(report));
        Assert.Equal("vanished", Spool(report).GetProperty("state").GetString());
        Assert.Equal(2, Spool(report).GetProperty("missing_events").GetInt64());

        var order = new { edge_id = Usages.Edge, epoch = 1, reason = "The disk is gone." };
        await billing.SendAsync("/admin/v1/completeness/sign-offs", order);
        report = await billing.GetAsync("/admin/v1/completeness");
        Assert.True(IsComplete(report));
        Assert.EndsWith("ann", Spool(report).GetProperty("signed_off_by").GetString());

        // It was signed for two.
        await HearAsync(billing, clock, last: 9);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(IsComplete(await billing.GetAsync("/admin/v1/completeness")));
    }

    [Fact]
    public async Task An_edge_that_retires_is_complete_once_its_last_number_is_here_and_counts_on_if_it_comes_back()
    {
        var clock = Closing.Clock(_start);
        await using var billing = await StartAsync(clock);
        await HearAsync(billing, clock, last: 2, isRetired: true);
        Assert.False(IsComplete(await billing.GetAsync("/admin/v1/completeness")));
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(), Usages.Event()));
        clock.Advance(TimeSpan.FromDays(20));
        Assert.True(IsComplete(await MonthAsync(billing)));

        // What was said before it retired comes late.
        await HearAsync(billing, clock, last: 2, before: TimeSpan.FromDays(20) + TimeSpan.FromSeconds(15));
        Assert.True(IsComplete(await MonthAsync(billing)));
        await HearAsync(billing, clock, last: 2);
        Assert.Equal("running", Spool(await MonthAsync(billing)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_hold_that_expired_and_no_usage_explains_is_suspected()
    {
        var clock = Closing.Clock(_start);
        await using var billing = await StartAsync(clock);
        var (billed, unbilled) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var expired = new HoldsExpired
        {
            ExpiredAt = _start,
            Holds =
            [
                new HoldsExpired.ExpiredHold { RequestId = billed, FreedNanoUsd = 1 },
                new HoldsExpired.ExpiredHold { RequestId = unbilled, FreedNanoUsd = 2_500_000_000 },
            ],
        };
        var bus = billing.Services.GetRequiredService<IBus>();
        await bus.Publish(expired, Now);
        await bus.Publish(expired, Now);
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event(requestId: billed)));
        clock.Advance(TimeSpan.FromHours(1));

        var suspected = await Eventually.UntilAsync(
            async () => (await MonthAsync(billing)).GetProperty("suspected_unbilled"),
            list => list.GetArrayLength() > 0, TimeSpan.FromSeconds(60), "the hold is suspected", Now);
        var only = Assert.Single(suspected.EnumerateArray());
        Assert.Equal(unbilled, only.GetProperty("request_id").GetGuid());
        Assert.Equal(2.5m, only.GetProperty("held_usd").GetDecimal());
    }

    private static Task<BillingReplica> StartAsync(
        ManualTimeProvider clock, ClickHouseEngine engine = ClickHouseEngine.Oldest) =>
        BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), clock, engine: engine);

    // As its consumer does.
    private static async Task HearAsync(
        BillingReplica billing,
        ManualTimeProvider clock,
        long last,
        DateTimeOffset? openSince = null,
        bool isRetired = false,
        TimeSpan before = default)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SpoolWatermarks>().HearAsync(
            new EdgeWatermark
            {
                EdgeId = Usages.Edge,
                Epoch = 1,
                LastSequence = last,
                OpenSince = openSince,
                SaidAt = clock.GetUtcNow() - before,
                IsRetired = isRetired,
            },
            Now);
    }

    private static Task<JsonElement> MonthAsync(BillingReplica billing) =>
        billing.GetAsync("/admin/v1/completeness?period=2026-11");

    private static bool IsComplete(JsonElement report) => report.GetProperty("is_complete").GetBoolean();

    private static JsonElement Spool(JsonElement report) =>
        Assert.Single(report.GetProperty("spools").EnumerateArray());
}
