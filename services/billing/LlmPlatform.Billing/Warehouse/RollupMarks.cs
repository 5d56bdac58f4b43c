using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>Which quarter hours have changed since their rollup was built.</summary>
internal static class RollupMarks
{
    /// <summary>Seconds of a slot.</summary>
    public const long SlotSeconds = 900;

    /// <summary>Marks the slots of rows, within the caller's transaction.</summary>
    public static async Task MarkAsync(
        BillingDbContext database, IReadOnlyCollection<UsageRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        // In order, so that two replicas never wait for each other.
        var slots = rows.Select(row => row.Usage.Event.OccurredAt.ToUnixTimeSeconds() / SlotSeconds).Distinct().Order()
            .Select(slot => DateTimeOffset.FromUnixTimeSeconds(slot * SlotSeconds)).ToArray();
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO billing.rollup_slot AS known (slot, marked, built) SELECT slot, 1, 0 FROM unnest($1) AS slot
            ON CONFLICT (slot) DO UPDATE SET marked = known.marked + 1
            """,
            (NpgsqlConnection)database.Database.GetDbConnection());
        command.Parameters.Add(new NpgsqlParameter { Value = slots });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether every slot of a range is built as it is.</summary>
    public static async Task<bool> AreBuiltAsync(
        BillingDbContext database, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        !await database.Database.SqlQuery<int>(
            $"""
            SELECT 1 AS "Value" FROM billing.rollup_slot
            WHERE built < marked AND slot >= {from.ToUniversalTime()} AND slot < {to.ToUniversalTime()} LIMIT 1
            """).AnyAsync(cancellationToken);
}
