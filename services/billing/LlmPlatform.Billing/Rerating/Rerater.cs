using LlmPlatform.Billing.Pricing;
using LlmPlatform.Billing.Usage;
using LlmPlatform.Billing.Warehouse;

namespace LlmPlatform.Billing.Rerating;

/// <summary>
/// Rates stored usage by the prices as they are known now, hour by hour. What is rated so already stays, so that a run
/// that broke off goes on where it was, and a repeat changes nothing.
/// </summary>
internal sealed class Rerater(ClickHouseClient clickHouse, UsageStore store, PriceShelf shelf)
{
    /// <summary>What it would change; nothing is.</summary>
    public async Task<IReadOnlyList<RerateChange>> TryAsync(
        RerateRequest request, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<(string, string, string), RerateChange>();
        await foreach (var (before, after) in ChangedAsync(request, cancellationToken))
        {
            var recorded = before.Usage.Event;
            var key = (recorded.Tenant, recorded.CostCenter ?? "", recorded.Model);
            var known = changes.GetValueOrDefault(key) ?? new RerateChange
            {
                Tenant = recorded.Tenant,
                CostCenter = recorded.CostCenter ?? "",
                Model = recorded.Model,
                Events = 0,
                BeforeUsd = 0,
                AfterUsd = 0,
                ChangeUsd = 0,
            };
            changes[key] = known with
            {
                Events = known.Events + 1,
                BeforeUsd = (known.BeforeUsd + before.CostUsd).Trimmed(),
                AfterUsd = (known.AfterUsd + after.CostUsd).Trimmed(),
                ChangeUsd = (known.ChangeUsd + after.CostUsd - before.CostUsd).Trimmed(),
            };
        }

        return [.. changes.OrderBy(change => change.Key).Select(change => change.Value)];
    }

    /// <summary>Does it: the old charges are taken back and the new ones posted.</summary>
    /// <returns>How many events were rated anew.</returns>
    public async Task<int> RerateAsync(RerateRequest request, CancellationToken cancellationToken)
    {
        var rated = 0;
        foreach (var (from, to) in HoursOf(request))
        {
            var hour = new List<UsageRow>();
            await foreach (var (_, after) in ChangedAsync(
                request with { From = from, To = to }, cancellationToken))
            {
                hour.Add(after);
            }

            if (hour.Count > 0)
            {
                await store.StoreAsync(hour, cancellationToken);
                rated += hour.Count;
            }
        }

        return rated;
    }

    private async IAsyncEnumerable<(UsageRow Before, UsageRow After)> ChangedAsync(
        RerateRequest request,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prices = await shelf.RefreshAsync(cancellationToken) ?? throw new PriceBookMissingException();
        var narrowed = (request.Tenant is { } tenant ? $" AND tenant = {ClickHouseLiteral.Of(tenant)}" : "")
            + (request.Model is { } model ? $" AND model = {ClickHouseLiteral.Of(model)}" : "");
        foreach (var (from, to) in HoursOf(request))
        {
            var rows = await clickHouse.QueryAsync(
                $"""
                SELECT {StoredUsage.Columns} FROM usage_events FINAL
                WHERE {UsageReader.Within(from, to)}{narrowed}
                """,
                StoredUsage.Read,
                cancellationToken);
            foreach (var row in rows)
            {
                var recorded = row.Usage.Event;
                var price = prices.FindAsKnownNow(recorded.Sku, recorded.OccurredAt);
                var anew = UsageRater.Rate(row.Usage, price, row.Rating + 1);
                if (anew.PriceVersion != row.PriceVersion || anew.PriceVariant != row.PriceVariant
                    || anew.CostUsd != row.CostUsd)
                {
                    yield return (row, anew);
                }
            }
        }
    }

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> HoursOf(RerateRequest request)
    {
        for (var from = request.From; from < request.To;)
        {
            var next = DateTimeOffset.FromUnixTimeSeconds((from.ToUnixTimeSeconds() / 3600 * 3600) + 3600);
            var to = next < request.To ? next : request.To;
            yield return (from, to);
            from = to;
        }
    }
}
