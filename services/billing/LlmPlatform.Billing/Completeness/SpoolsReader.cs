using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Billing.Completeness;

/// <summary>Every spool that was heard of, and what is missing of it. Scoped, like the context.</summary>
internal sealed class SpoolsReader(BillingDbContext database, CompletenessOptions options, TimeProvider clock)
{
    private const string Query =
        """
        SELECT edge_id, epoch, state, highest, last_sequence,
            coalesce((SELECT sum(upper(hole) - lower(hole))::bigint FROM unnest(holes) AS hole), 0),
            ARRAY(SELECT lower(hole) FROM unnest(holes) AS hole ORDER BY 1 LIMIT 100),
            ARRAY(SELECT upper(hole) - 1 FROM unnest(holes) AS hole ORDER BY 1 LIMIT 100),
            CASE WHEN next_sequence = 0 OR sequences @> int8range(1, next_sequence + 1)
                THEN greatest(passed_at, next_at) ELSE passed_at END,
            latest_occurred_at, received_at, heard_at, person, reason, signed_missing
        FROM (
            SELECT *, int8multirange(int8range(1, 1 + CASE WHEN state IN ('retired', 'vanished')
                THEN greatest(highest, last_sequence) ELSE highest END)) - sequences AS holes
            FROM (
                SELECT edge_id, epoch, coalesce(received.sequences, '{}'::int8multirange) AS sequences,
                    coalesce(upper(received.sequences) - 1, 0) AS highest,
                    coalesce(said.last_sequence, 0) AS last_sequence, said.next_sequence, said.next_at,
                    said.passed_at, received.latest_occurred_at, received.received_at, said.heard_at,
                    signed.person, signed.reason, signed.missing_events AS signed_missing,
                    CASE WHEN said.edge_id IS NULL THEN 'unheard' WHEN said.is_retired THEN 'retired'
                        WHEN said.heard_at < $1 THEN 'vanished' ELSE 'running' END AS state
                FROM billing.usage_received AS received
                FULL JOIN billing.spool_watermark AS said USING (edge_id, epoch)
                LEFT JOIN billing.spool_sign_off AS signed USING (edge_id, epoch)) AS known) AS spool
        ORDER BY edge_id, epoch
        """;

    /// <summary>As it stands now.</summary>
    public async Task<IReadOnlyList<SpoolCompleteness>> ReadAsync(CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(
                Query, (NpgsqlConnection)database.Database.GetDbConnection());
            command.Parameters.Add(new NpgsqlParameter { Value = clock.GetUtcNow() - options.VanishedAfter });
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
        var missing = row.GetInt64(5);

        // Who signed answers for what was missing then, and not for what has gone missing since.
        var isSigned = !row.IsDBNull(14) && missing <= row.GetInt64(14);
        return new SpoolCompleteness
        {
            EdgeId = row.GetGuid(0),
            Epoch = row.GetInt64(1),
            State = row.GetString(2),
            HighestSequence = row.GetInt64(3),
            LastSequence = row.GetInt64(4),
            MissingEvents = missing,
            Missing =
            [
                .. row.GetFieldValue<long[]>(6)
                    .Zip(row.GetFieldValue<long[]>(7), (first, last) => new MissingSequences(first, last)),
            ],
            PassedAt = TimeOf(row, 8),
            LatestOccurredAt = TimeOf(row, 9),
            ReceivedAt = TimeOf(row, 10),
            HeardAt = TimeOf(row, 11),
            SignedOffBy = isSigned ? row.GetString(12) : null,
            SignedOffBecause = isSigned ? row.GetString(13) : null,
        };
    }

    private static DateTimeOffset? TimeOf(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
