using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>The statements of the dispatcher on the outbox of one context.</summary>
internal static class OutboxTable
{
    /// <summary>
    /// Locks the oldest waiting rows until the transaction ends, passing over those another replica holds.
    /// The lock is the claim: a process that dies gives its rows back with its connection, with no lease to run out.
    /// </summary>
    public static Task<List<OutboxMessage>> ClaimAsync(
        DbContext context, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        context.Set<OutboxMessage>()
            .FromSqlRaw(ClaimStatement(context), now, limit)
            .ToListAsync(cancellationToken);

    /// <summary>Rows waiting and rows parked, for the gauges.</summary>
    public static async Task<(long Waiting, long Parked)> CountAsync(
        DbContext context, CancellationToken cancellationToken)
    {
        var counts = await context.Set<OutboxMessage>()
            .GroupBy(message => message.ParkedReason != null)
            .Select(group => new { Parked = group.Key, Rows = group.LongCount() })
            .ToListAsync(cancellationToken);
        return (
            counts.Where(count => !count.Parked).Sum(count => count.Rows),
            counts.Where(count => count.Parked).Sum(count => count.Rows));
    }

    private static string ClaimStatement(DbContext context) =>
        $$"""
        SELECT * FROM {{MappedTable.NameOf<OutboxMessage>(context)}}
        WHERE parked_reason IS NULL AND (not_before IS NULL OR not_before <= {0})
        ORDER BY id LIMIT {1} FOR UPDATE SKIP LOCKED
        """;
}
