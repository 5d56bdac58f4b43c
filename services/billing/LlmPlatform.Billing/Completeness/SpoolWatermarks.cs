using LlmPlatform.Contracts.Usage;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Billing.Completeness;

/// <summary>
/// How far each edge has counted, and since when all of it has come. Late, repeated and lost watermarks only delay it.
/// Scoped, like the context.
/// </summary>
internal sealed class SpoolWatermarks(BillingDbContext database, TimeProvider clock)
{
    /// <summary>
    /// Notes one; an older one than is known changes nothing. What is much older is none that came late: the clock of
    /// the edge was set back.
    /// </summary>
    public Task HearAsync(EdgeWatermark watermark, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var said = watermark.SaidAt.ToUniversalTime();

        // An edge whose clock is ahead has not passed what has not happened.
        var at = Earliest(watermark.OpenSince?.ToUniversalTime() ?? said, said, now);
        return database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO billing.spool_watermark AS known (edge_id, epoch, last_sequence, is_retired, said_at, heard_at,
                passed_at, next_sequence, next_at)
            VALUES ({watermark.EdgeId}, {watermark.Epoch}, {watermark.LastSequence}, {watermark.IsRetired}, {said},
                {now}, NULL, {watermark.LastSequence}, {at})
            ON CONFLICT (edge_id, epoch) DO UPDATE SET
                last_sequence = excluded.last_sequence,
                is_retired = excluded.is_retired,
                said_at = excluded.said_at,
                heard_at = excluded.heard_at,
                (passed_at, next_sequence, next_at) = (
                    SELECT
                        CASE WHEN has_come THEN greatest(known.passed_at, known.next_at) ELSE known.passed_at END,
                        CASE WHEN has_come THEN excluded.last_sequence ELSE known.next_sequence END,
                        CASE WHEN has_come THEN excluded.next_at ELSE known.next_at END
                    FROM (
                        SELECT known.next_sequence = 0 OR EXISTS (
                            SELECT 1 FROM billing.usage_received AS received
                            WHERE received.edge_id = known.edge_id AND received.epoch = known.epoch
                                AND received.sequences @> int8range(1, known.next_sequence + 1)) AS has_come) AS next)
            WHERE excluded.last_sequence > known.last_sequence OR (excluded.last_sequence = known.last_sequence
                AND NOT excluded.said_at BETWEEN known.said_at - interval '5 minutes'
                    AND known.said_at - interval '1 microsecond')
            """,
            cancellationToken);
    }

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset> instants)
    {
        var earliest = instants[0];
        foreach (var instant in instants)
        {
            earliest = instant < earliest ? instant : earliest;
        }

        return earliest;
    }
}
