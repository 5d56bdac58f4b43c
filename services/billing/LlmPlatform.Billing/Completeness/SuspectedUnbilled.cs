using LlmPlatform.Billing.Warehouse;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Completeness;

/// <summary>
/// The second witness: what an edge held money for and never told the end of. Perhaps the provider was never called;
/// perhaps it was, and the disk that knew of it is gone. Scoped, like the context.
/// </summary>
internal sealed class SuspectedUnbilled(
    BillingDbContext database, ClickHouseClient clickHouse, CompletenessOptions options, TimeProvider clock)
{
    /// <summary>Those of a range of time, the oldest first, and no more than the options say.</summary>
    public async Task<IReadOnlyList<SuspectedRequest>> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.SuspectedAfter;
        var end = to < before ? to : before;
        var expired = await database.Database.SqlQuery<Expired>(
            $"""
            SELECT request_id AS "RequestId", freed_nano_usd AS "FreedNanoUsd", expired_at AS "ExpiredAt"
            FROM billing.expired_hold WHERE expired_at >= {from.ToUniversalTime()} AND expired_at < {end}
            ORDER BY expired_at, request_id LIMIT {options.MaxSuspected}
            """).ToListAsync(cancellationToken);
        if (expired.Count == 0)
        {
            return [];
        }

        var requests = string.Join(", ", expired.Select(hold => $"toUUID('{hold.RequestId}')"));
        var told = await clickHouse.QueryAsync(
            $"SELECT DISTINCT toString(request_id) AS request FROM usage_events WHERE request_id IN ({requests})",
            row => row.GetProperty("request").GetGuid(),
            cancellationToken);
        return
        [
            .. expired.ExceptBy(told, hold => hold.RequestId).Select(hold => new SuspectedRequest(
                hold.RequestId, NanoUsd.ToUsd(hold.FreedNanoUsd), hold.ExpiredAt)),
        ];
    }

    private sealed record Expired(Guid RequestId, long FreedNanoUsd, DateTimeOffset ExpiredAt);
}
