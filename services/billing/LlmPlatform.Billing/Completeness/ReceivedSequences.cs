using LlmPlatform.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Billing.Completeness;

/// <summary>
/// Which events of which spool have come. Sequences begin at 1 and have no holes, so what is missing can be named.
/// </summary>
internal sealed class ReceivedSequences(TimeProvider clock)
{
    /// <summary>Notes envelopes, within the caller's transaction; a repeat changes nothing.</summary>
    public async Task ReceiveAsync(
        BillingDbContext database,
        IReadOnlyCollection<UsageRecordedBatch> batches,
        CancellationToken cancellationToken)
    {
        var spools = batches.Where(batch => batch.Events.Count > 0).GroupBy(batch => (batch.EdgeId, batch.Epoch))
            .OrderBy(spool => spool.Key).ToList();
        if (spools.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            INSERT INTO billing.usage_received AS known (edge_id, epoch, sequences, latest_occurred_at, received_at)
            SELECT edge_id, epoch, sequences::int8multirange, latest, $5
            FROM unnest($1, $2, $3, $4) AS came (edge_id, epoch, sequences, latest)
            ON CONFLICT (edge_id, epoch) DO UPDATE SET
                sequences = known.sequences + excluded.sequences,
                latest_occurred_at = greatest(known.latest_occurred_at, excluded.latest_occurred_at),
                received_at = excluded.received_at
            """,
            (NpgsqlConnection)database.Database.GetDbConnection());
        command.Parameters.Add(new NpgsqlParameter { Value = spools.Select(spool => spool.Key.EdgeId).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = spools.Select(spool => spool.Key.Epoch).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = spools.Select(RangesOf).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = spools.Select(LatestOf).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string RangesOf(IEnumerable<UsageRecordedBatch> batches) =>
        "{" + string.Join(',', batches.Select(batch => FormattableString.Invariant(
            $"[{batch.FirstSequence},{batch.FirstSequence + batch.Events.Count})"))) + "}";

    private static DateTimeOffset LatestOf(IEnumerable<UsageRecordedBatch> batches) =>
        batches.SelectMany(batch => batch.Events).Max(recorded => recorded.OccurredAt).ToUniversalTime();
}
