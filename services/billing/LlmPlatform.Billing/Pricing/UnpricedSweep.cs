using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Billing.Pricing;

/// <summary>Rates what came without a price once its price is known.</summary>
internal sealed partial class UnpricedSweep(
    IServiceScopeFactory scopes,
    ClickHouseClient clickHouse,
    UsageStore store,
    PriceShelf shelf,
    PricingOptions options,
    TimeProvider clock,
    ILogger<UnpricedSweep> logger) : BackgroundService
{
    /// <summary>Rates what can be rated.</summary>
    /// <returns>How many events were.</returns>
    public async Task<int> RateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>();
        var waiting = await database.UnpricedSkus.AsNoTracking().ToListAsync(cancellationToken);
        var rated = 0;
        foreach (var sku in waiting)
        {
            var prices = await shelf.GetAsync(cancellationToken);
            if (prices.FindAsKnownNow(sku.Sku, clock.GetUtcNow())?.RatesFor(0, sku.ServiceTier, region: null) is null)
            {
                continue;
            }

            var (some, isDone) = await RateAsync(sku, prices, cancellationToken);
            rated += some;
            if (isDone)
            {
                // The row and what is said of it go together.
                database.UnpricedSkus.Remove(sku);
                scope.ServiceProvider.GetRequiredService<IOutbox<BillingDbContext>>().Add(new UnpricedUsageRated
                {
                    Sku = sku.Sku,
                    ServiceTier = sku.ServiceTier,
                    RatedAt = clock.GetUtcNow(),
                });
                await database.SaveChangesAsync(cancellationToken);
            }
        }

        return rated;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RateAsync(stoppingToken) is > 0 and var rated)
                {
                    Rated(rated);
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                NotRated(fault.GetType().Name);
            }

            await Task.Delay(options.UnpricedInterval, clock, stoppingToken);
        }
    }

    private async Task<(int Rated, bool IsDone)> RateAsync(
        UnpricedSku sku, PriceHistory prices, CancellationToken cancellationToken)
    {
        var rows = await clickHouse.QueryAsync(
            $"""
            SELECT {StoredUsage.Columns} FROM usage_events FINAL
            WHERE rating_status = '{RatingStatuses.Unpriced}' AND sku = {ClickHouseLiteral.Of(sku.Sku)}
                AND service_tier = {ClickHouseLiteral.Of(sku.ServiceTier)}
            ORDER BY occurred_at DESC LIMIT {options.UnpricedRowsAtOnce}
            """,
            StoredUsage.Read,
            cancellationToken);
        var priced = rows
            .Select(row => UsageRater.Rate(
                row.Usage, prices.FindAsKnownNow(row.Usage.Event.Sku, row.Usage.Event.OccurredAt), row.Rating + 1))
            .Where(row => row.PriceVersion is not null)
            .ToList();
        if (priced.Count > 0)
        {
            await store.StoreAsync(priced, cancellationToken);
        }

        // What remains is from before the price begins: it waits for one that reaches back.
        return (priced.Count, priced.Count == rows.Count && rows.Count < options.UnpricedRowsAtOnce);
    }

    [LoggerMessage(LogLevel.Information, "{Events} events that came without a price are rated")]
    private partial void Rated(int events);

    [LoggerMessage(LogLevel.Warning, "Usage without a price cannot be rated now ({Fault})")]
    private partial void NotRated(string fault);
}
