using LlmPlatform.Billing.Warehouse;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace LlmPlatform.Billing.Ledger;

/// <summary>Posts to the ledger, within the caller's database transaction.</summary>
internal sealed class LedgerWriter(LedgerAccounts accounts, BillingMetrics metrics, TimeProvider clock)
{
    private const string Usd = "USD";
    private const string UsageSource = "usage";

    /// <summary>
    /// Holds rated usage beside what is posted of it. Until the caller's transaction ends nobody else posts usage: two
    /// versions of an event in two replicas would both find neither posted.
    /// </summary>
    public async Task<UsageComparison> CompareAsync(
        BillingDbContext database, IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return UsageComparison.Of([], [], []);
        }

        var charges = await ChargesOfAsync(rows, cancellationToken);
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtext('billing.ledger'))", cancellationToken);
        var posted = await PostedAsync(
            (NpgsqlConnection)database.Database.GetDbConnection(), charges, cancellationToken);
        var comparison = UsageComparison.Of(rows, charges, posted);
        metrics.Conflicted(comparison.Contradicting.Count);
        return comparison;
    }

    /// <summary>
    /// Posts what rated usage changes: a charge for each event, and for one that was charged before under a lower
    /// version or an earlier rating the taking back of that. What came before changes nothing.
    /// </summary>
    /// <param name="database">With the transaction that the comparison was made in.</param>
    /// <param name="comparison">Of these rows, and perhaps others.</param>
    /// <param name="rows">Those that the warehouse has.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>How many entries of events were posted.</returns>
    public async Task<int> PostUsageAsync(
        BillingDbContext database,
        UsageComparison comparison,
        IReadOnlyCollection<UsageRow> rows,
        CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)database.Database.GetDbConnection();
        var changes = UsageFold.Changes(comparison.Posted, rows.Select(comparison.ChargeOf));
        if (changes.Count == 0)
        {
            return 0;
        }

        var transaction = await OpenAsync(
            connection, UsageSource, key: null, cancellationToken);
        await CopyAsync(connection, transaction, changes, cancellationToken);
        metrics.Posted(changes.Count);
        return changes.Count;
    }

    /// <summary>Posts a balanced set of amounts under a key; a key that is there already posts nothing.</summary>
    /// <returns>False when it was there.</returns>
    public async Task<bool> PostAsync(
        BillingDbContext database,
        string source,
        string key,
        IReadOnlyCollection<LedgerAmount> amounts,
        CancellationToken cancellationToken)
    {
        var ids = await accounts.IdsAsync(amounts.Select(amount => amount.Account), cancellationToken);
        var connection = (NpgsqlConnection)database.Database.GetDbConnection();
        var transaction = await OpenAsync(connection, source, key, cancellationToken);
        if (transaction == Guid.Empty)
        {
            return false;
        }

        await using var command = new NpgsqlCommand(
            """
            INSERT INTO billing.ledger_entry (transaction_id, account_id, currency, amount)
            SELECT $1, * FROM unnest($2, $3, $4)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = transaction });
        command.Parameters.Add(new NpgsqlParameter { Value = amounts.Select(entry => ids[entry.Account]).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = amounts.Select(entry => entry.Currency).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = amounts.Select(entry => entry.Amount).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<UsageEntry>> ChargesOfAsync(
        IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken)
    {
        var ids = await accounts.IdsAsync(
            rows.SelectMany(row => new[] { AccountOf(row), ContraOf(row) }), cancellationToken);
        return
        [
            .. rows.Select(row => new UsageEntry(
                row.Usage.Event.EventId,
                row.Usage.Event.EventVersion,
                row.Rating,
                IsReversal: false,
                ids[AccountOf(row)],
                ids[ContraOf(row)],
                row.CostUsd,
                OccurredAtOf(row))
            {
                Content = UsageContent.HashOf(row.Usage.Event),
            }),
        ];
    }

    private static LedgerAccount AccountOf(UsageRow row) =>
        LedgerAccount.Usage(Storable(row.Usage.Event.Tenant), Storable(row.Usage.Event.CostCenter ?? ""));

    private static LedgerAccount ContraOf(UsageRow row) => LedgerAccount.Accrued(Storable(row.Usage.Event.Provider));

    // The warehouse keeps milliseconds; both have to cut months alike.
    private static DateTimeOffset OccurredAtOf(UsageRow row) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.Usage.Event.OccurredAt.ToUnixTimeMilliseconds());

    // PostgreSQL's text has no NUL.
    private static string Storable(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;

    private static async Task<IReadOnlyList<UsageEntry>> PostedAsync(
        NpgsqlConnection connection, IReadOnlyList<UsageEntry> arrived, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT event_id, event_version, rating, is_reversal, account_id, contra_account_id, amount, occurred_at,
                content
            FROM billing.ledger_entry WHERE event_id = ANY ($1)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = arrived.Select(entry => entry.EventId).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var posted = new List<UsageEntry>();
        while (await rows.ReadAsync(cancellationToken))
        {
            posted.Add(new UsageEntry(
                rows.GetGuid(0),
                rows.GetInt32(1),
                rows.GetInt32(2),
                rows.GetBoolean(3),
                rows.GetInt64(4),
                rows.GetInt64(5),
                rows.GetDecimal(6),
                rows.GetFieldValue<DateTimeOffset>(7))
            {
                Content = rows.IsDBNull(8) ? null : rows.GetGuid(8),
            });
        }

        return posted;
    }

    private async Task<Guid> OpenAsync(
        NpgsqlConnection connection, string source, string? key, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO billing.ledger_transaction (id, source, source_key, posted_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        command.Parameters.Add(new NpgsqlParameter { Value = source });
        command.Parameters.Add(new NpgsqlParameter { Value = key ?? id.ToString() });
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1 ? id : Guid.Empty;
    }

    // One line an event, and against them one line an account that the money is owed on.
    private static async Task CopyAsync(
        NpgsqlConnection connection,
        Guid transaction,
        IReadOnlyList<UsageEntry> entries,
        CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY billing.ledger_entry (transaction_id, account_id, contra_account_id, currency, amount, occurred_at,
                event_id, event_version, rating, is_reversal, content) FROM STDIN (FORMAT BINARY)
            """,
            cancellationToken);
        foreach (var entry in entries)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(transaction, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(entry.Account, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(entry.Contra, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(Usd, NpgsqlDbType.Char, cancellationToken);
            await copy.WriteAsync(entry.Amount, NpgsqlDbType.Numeric, cancellationToken);
            await copy.WriteAsync(entry.OccurredAt.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(entry.EventId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(entry.Version, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(entry.Rating, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(entry.IsReversal, NpgsqlDbType.Boolean, cancellationToken);
            if (entry.Content is { } content)
            {
                await copy.WriteAsync(content, NpgsqlDbType.Uuid, cancellationToken);
            }
            else
            {
                await copy.WriteNullAsync(cancellationToken);
            }
        }

        foreach (var owed in entries.GroupBy(entry => entry.Contra))
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(transaction, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(owed.Key, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteNullAsync(cancellationToken);
            await copy.WriteAsync(Usd, NpgsqlDbType.Char, cancellationToken);
            await copy.WriteAsync(-owed.Sum(entry => entry.Amount), NpgsqlDbType.Numeric, cancellationToken);
            for (var column = 0; column < 6; column++)
            {
                await copy.WriteNullAsync(cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
