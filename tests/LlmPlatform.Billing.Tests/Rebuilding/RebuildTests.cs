using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Rebuilding;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Rebuilding;

public sealed class RebuildTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_derived_comes_out_the_same_after_repeats_in_any_order_and_after_it_was_lost()
    {
        var random = new Random(3);
        var events = Usages.Many(300, random)
            .Select((usage, index) => usage with { OccurredAt = Usages.Noon.AddMinutes(11 * index) }).ToList();
        Assert.Equal(
            await RebuiltAsync(events, random, ClickHouseEngine.Oldest),
            await RebuiltAsync(events, random, ClickHouseEngine.Current));
    }

    private static async Task<RebuiltBooks> RebuiltAsync(
        List<UsageRecorded> events, Random random, ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var rebuild = billing.Services.GetRequiredService<BooksRebuild>();
        await billing.StoreAsync([.. Usages.Envelopes(events, random)]);
        var first = await rebuild.RunAsync(Now);
        Assert.Equal((300, 0), (first.Events, first.Posted));

        var again = events.Concat(events).ToArray();
        random.Shuffle(again);
        foreach (var envelope in Usages.Envelopes(again, random))
            await billing.StoreAsync(envelope);
        Assert.Equal(first, await rebuild.RunAsync(Now));

        var clickHouse = billing.Services.GetRequiredService<ClickHouseClient>();
        await clickHouse.ExecuteAsync("TRUNCATE TABLE usage_15m", clickHouse.Database, Now);
        Assert.Equal(first, await rebuild.RunAsync(Now));
        return first;
    }

    [Fact]
    public async Task A_row_that_the_ledger_does_not_know_is_charged_once()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var rebuild = billing.Services.GetRequiredService<BooksRebuild>();
        var received = Usages.Many(20, new Random(4))
            .Select((usage, index) => new ReceivedUsage(usage, Usages.Edge, 1, index + 1)).ToList();
        var rows = await billing.Services.GetRequiredService<UsageRater>().RateAsync(received, Now);
        await billing.Services.GetRequiredService<UsageWriter>().WriteAsync(rows, Now);

        var rebuilt = await rebuild.RunAsync(Now);
        Assert.Equal(20, rebuilt.Posted);
        Assert.Equal(rebuilt with { Posted = 0 }, await rebuild.RunAsync(Now));
    }
}
