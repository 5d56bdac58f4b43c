using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Rebuilding;
using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Warehouse;

/// <summary>Between the warehouse and the ledger nothing is certain but that all of it comes again.</summary>
public sealed class StoreCrashTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [EveryClickHouse]
    public async Task A_crash_between_warehouse_and_ledger_leaves_nothing_out_and_nothing_twice(ClickHouseEngine engine)
    {
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()), engine: engine);
        var random = new Random(21);
        var events = Usages.Many(120, random);
        var rows = await billing.Services.GetRequiredService<UsageRater>().RateAsync(
            [.. events.Take(70).Select((usage, index) => new ReceivedUsage(usage, Usages.Edge, 1, index + 1))], Now);
        await billing.Services.GetRequiredService<UsageWriter>().WriteAsync(rows, Now);

        // What was not acknowledged comes again, cut and mixed otherwise.
        var again = events.Concat(events).ToArray();
        random.Shuffle(again);
        foreach (var envelope in Usages.Envelopes(again, random))
            await billing.StoreAsync(envelope);

        await AssertCountedOnceAsync(billing, events);
    }

    [Fact]
    public async Task Rows_that_the_warehouse_took_without_saying_so_count_once()
    {
        var servers = await TestServers.SharedAsync();
        var database = await servers.CreateClickHouseDatabaseAsync(Now);
        using var http = new HttpClient();
        var swallowed = 0;
        await using var between = await LoopbackServer.StartAsync(async context =>
        {
            var target = new Uri(new Uri(database.BaseUrl), context.Request.Path + context.Request.QueryString);
            using var request = new HttpRequestMessage(HttpMethod.Post, target)
            {
                Content = new StreamContent(context.Request.Body),
            };
            foreach (var name in context.Request.Headers.Keys.Where(name => name.StartsWith("X-ClickHouse-")))
                request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].ToString());
            using var response = await http.SendAsync(request, Now);
            var answer = await response.Content.ReadAsByteArrayAsync(Now);
            var isInsert = context.Request.QueryString.Value!.Contains("usage_events", StringComparison.Ordinal);
            if (isInsert && Interlocked.Increment(ref swallowed) <= 3)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = (int)response.StatusCode;
            await context.Response.Body.WriteAsync(answer, Now);
        });
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(Usages.Configuration()),
            clickHouse: $"{between.Address}{database.Name}",
            settings: new Dictionary<string, string?> { ["Billing:Ingest:AwayPauseMax"] = "00:00:00.300" });
        var random = new Random(22);
        var events = Usages.Many(80, random);

        await billing.PublishAsync(Usages.Envelopes(events, random));

        await AssertCountedOnceAsync(billing, events);
        Assert.True(swallowed > 3, "three inserts were carried out and not answered");
    }

    private static async Task AssertCountedOnceAsync(BillingReplica billing, IReadOnlyList<UsageRecorded> events)
    {
        var total = (await billing.UsageOfAsync(events.Count)).GetProperty("total");
        Assert.Equal(Oracle.TotalOf(events), total.GetProperty("cost_usd").GetDecimal());

        // Rows and ledger say the same: nothing is missing that the rows would have to be charged for again.
        var rebuilt = await billing.Services.GetRequiredService<BooksRebuild>().RunAsync(Now);
        Assert.Equal((events.Count, 0), (rebuilt.Events, rebuilt.Posted));
    }
}
