using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Money.Spending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace LlmPlatform.Billing.Spending;

/// <summary>
/// <c>GET /internal/v1/budget-spending?since=&amp;events_since=</c>, Unix milliseconds: metering makes the counters of
/// an emptied Redis of it.
/// </summary>
internal static class BudgetSpendingEndpoint
{
    public static void Map(RouteGroupBuilder services) => services.MapGet("/budget-spending", ReadAsync);

    private static async Task<JsonHttpResult<BudgetSpending>> ReadAsync(
        long since,
        [FromQuery(Name = "events_since")] long eventsSince,
        BudgetSpendingReader reader,
        CancellationToken cancellationToken) =>
        TypedResults.Json(
            await reader.ReadAsync(
                DateTimeOffset.FromUnixTimeMilliseconds(since),
                DateTimeOffset.FromUnixTimeMilliseconds(eventsSince),
                cancellationToken),
            SnapshotFeeds.Json);
}
