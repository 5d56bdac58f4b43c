using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Tests.Warehouse;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Pricing;

public sealed class UnpricedTests
{
    [Theory]
    [EveryClickHouse]
    public async Task What_came_without_a_price_is_said_once_and_rated_when_its_price_is_known(ClickHouseEngine engine)
    {
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file, engine: engine);
        UsageRecorded[] events =
        [
            Usages.Event(model: "free"),
            Usages.Event(model: "free"),
            Usages.Event() with { ServiceTier = "flex" },
            Usages.Event(),
            Usages.Event(model: "large", tokens: new TokenUsage { InputUncached = 1000, WebSearches = 1 }),
        ];
        await billing.StoreAsync(Usages.Envelope(1, events));
        await billing.StoreAsync(Usages.Envelope(1, events));
        Assert.Equal((3L, 4L, 0.0045m), await TotalAsync(billing));

        var priced = Usages.Configuration();
        await file.ChangeAsync(priced with
        {
            Models =
            [
                .. priced.Models.Take(1),
                Usages.Model("large", priced.Models[1].Price!.Versions[0] with { WebSearch = 10m }),
                Usages.Model("free", new PriceConfiguration { Input = 1m, Output = 5m }),
            ],
        });
        await billing.Services.GetRequiredService<UnpricedSweep>().RateAsync(TestContext.Current.CancellationToken);

        // Two calls of 1,000 and 200 tokens, and one that searched; the tier nobody priced waits on.
        Assert.Equal((1L, 1L, 0.0085m + 0.027m), await TotalAsync(billing));
        await billing.StoreAsync(Usages.Envelope(1, events));
        Assert.Equal((1L, 1L, 0.0085m + 0.027m), await TotalAsync(billing));
    }

    private static async Task<(long Skus, long Events, decimal Cost)> TotalAsync(BillingReplica billing)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var scope = billing.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        var ledger = await scope.ServiceProvider.GetRequiredService<Billing.Ledger.LedgerReader>()
            .UsageAsync("acme", Usages.Noon.AddDays(-1), Usages.Noon.AddDays(1), cancellation);
        var total = (await billing.GetAsync("/admin/v1/usage?from=2026-11-01&to=2026-12-01")).GetProperty("total");
        Assert.Equal(ledger.Values.Sum(), total.GetProperty("cost_usd").GetDecimal());
        return (
            await database.UnpricedSkus.LongCountAsync(cancellation),
            total.GetProperty("unpriced").GetInt64(),
            total.GetProperty("cost_usd").GetDecimal());
    }
}
