using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Contracts.Pricing;
using LlmPlatform.Messaging;
using LlmPlatform.Money.Pricing;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Pricing;

/// <summary>Says, once for each deployment and tier, that usage came which no price is known for. Scoped.</summary>
internal sealed class UnpricedUsage(BillingDbContext database, IOutbox<BillingDbContext> outbox, TimeProvider clock)
{
    /// <summary>Notes rows, within the caller's transaction.</summary>
    public async Task NoteAsync(IEnumerable<UsageRow> rows, CancellationToken cancellationToken)
    {
        var unpriced = rows.Where(row => row.PriceVersion is null).Select(row => row.Usage.Event)
            .DistinctBy(usage => (usage.Sku, Tier: ServiceTiers.Canonical(usage.ServiceTier)))
            .OrderBy(usage => usage.Sku, StringComparer.Ordinal);
        foreach (var usage in unpriced)
        {
            var now = clock.GetUtcNow();
            var tier = ServiceTiers.Canonical(usage.ServiceTier);
            var sku = usage.Sku.Replace("\0", "", StringComparison.Ordinal);
            var isNew = await database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO billing.unpriced_sku (sku, service_tier, found_at) VALUES ({sku}, {tier}, {now})
                ON CONFLICT DO NOTHING
                """,
                cancellationToken) == 1;
            if (isNew)
            {
                outbox.Add(new UnpricedUsageFound
                {
                    Sku = sku,
                    Model = usage.Model,
                    Provider = usage.Provider,
                    ServiceTier = tier,
                    FoundAt = now,
                });
            }
        }

        await database.SaveChangesAsync(cancellationToken);
    }
}
