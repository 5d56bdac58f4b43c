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

    /// <summary>Every spool that was heard of, and what is missing of it.</summary>
    public static async Task<IReadOnlyList<SpoolCompleteness>> ReadAsync(
        BillingDbContext database, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT edge_id, epoch, upper(sequences) - 1,
                    coalesce((SELECT sum(upper(hole) - lower(hole))::bigint FROM unnest(holes) AS hole), 0),
                    ARRAY(SELECT lower(hole) FROM unnest(holes) AS hole ORDER BY 1 LIMIT 100),
                    ARRAY(SELECT upper(hole) - 1 FROM unnest(holes) AS hole ORDER BY 1 LIMIT 100),
                    latest_occurred_at, received_at
                FROM (
                    SELECT *, int8multirange(int8range(1, upper(sequences))) - sequences AS holes
                    FROM billing.usage_received) AS spool
                ORDER BY edge_id, epoch
                """,
                (NpgsqlConnection)database.Database.GetDbConnection());
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var spools = new List<SpoolCompleteness>();
            while (await rows.ReadAsync(cancellationToken))
            {
                spools.Add(Read(rows));
            }

            return spools;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }

    private static SpoolCompleteness Read(NpgsqlDataReader row)
    {
        return new SpoolCompleteness
        {
            EdgeId = row.GetGuid(0),
            Epoch = row.GetInt64(1),
            HighestSequence = row.GetInt64(2),
            MissingEvents = row.GetInt64(3),
            Missing =
            [
                .. row.GetFieldValue<long[]>(4)
                    .Zip(row.GetFieldValue<long[]>(5), (first, last) => new MissingSequences(first, last)),
            ],
            LatestOccurredAt = row.GetFieldValue<DateTimeOffset>(6),
            ReceivedAt = row.GetFieldValue<DateTimeOffset>(7),
        };
    }

    private static string RangesOf(IEnumerable<UsageRecordedBatch> batches) =>
        "{" + string.Join(',', batches.Select(batch => FormattableString.Invariant(
            $"[{batch.FirstSequence},{batch.FirstSequence + batch.Events.Count})"))) + "}";

    private static DateTimeOffset LatestOf(IEnumerable<UsageRecordedBatch> batches) =>
        batches.SelectMany(batch => batch.Events).Max(recorded => recorded.OccurredAt).ToUniversalTime();
}
