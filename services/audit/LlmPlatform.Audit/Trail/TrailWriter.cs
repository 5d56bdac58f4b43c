using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace LlmPlatform.Audit.Trail;

/// <summary>
/// Appends to the chain: all that is given in one transaction, what is recorded already left out. Appenders, also those
/// of other processes, follow one another, because each locks the head of the chain first.
/// </summary>
internal sealed partial class TrailWriter(
    AuditDbContext database, ChainLength length, TrailOptions options, TimeProvider clock, ILogger<TrailWriter> logger)
{
    private const string LockHead = $"SELECT sequence, hash FROM {AuditDbContext.Schema}.head FOR UPDATE";

    private const string FindKnown =
        $"SELECT record_id, content FROM {AuditDbContext.Schema}.record WHERE record_id = ANY ($1)";

    private const string MoveHead = $"UPDATE {AuditDbContext.Schema}.head SET sequence = $1, hash = $2";

    private const string CopyRecords =
        $"""
        COPY {AuditDbContext.Schema}.record (sequence, record_id, kind, occurred_at, recorded_at, tenant, key_id, actor,
            action, resource, status, error_code, model, provider, content, previous_hash, hash)
        FROM STDIN (FORMAT BINARY)
        """;

    /// <summary>
    /// Appends what is not recorded yet. While PostgreSQL does not answer it waits, so that the message it came in
    /// stays with the broker however long that lasts, rather than being given up after a few attempts.
    /// </summary>
    /// <returns>How many records were new.</returns>
    public async Task<int> AppendAsync(IReadOnlyCollection<TrailContent> entries, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AppendOnceAsync(entries, cancellationToken);
            }
            catch (Exception fault) when (IsPassing(fault))
            {
                if (attempt == 1)
                    LogWaiting(fault);
                await Task.Delay(options.OutagePause, clock, cancellationToken);
            }
        }
    }

    private static bool IsPassing(Exception fault) =>
        fault is NpgsqlException { IsTransient: true } || fault.InnerException is NpgsqlException { IsTransient: true };

    private async Task<int> AppendOnceAsync(
        IReadOnlyCollection<TrailContent> entries, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var (added, sequence) = await AppendWithinAsync(entries, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        length.Reached(sequence);
        return added;
    }

    /// <summary>Appends what is not recorded yet, within the caller's transaction.</summary>
    /// <returns>How many records were new, and where the chain ends then.</returns>
    public async Task<(int Added, long Sequence)> AppendWithinAsync(
        IReadOnlyCollection<TrailContent> entries, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)database.Database.GetDbConnection();
        var (sequence, hash) = await LockHeadAsync(connection, cancellationToken);
        var now = clock.GetUtcNow();
        var records = new List<AuditRecord>(entries.Count);
        foreach (var entry in await NewsAsync(connection, entries, cancellationToken))
        {
            var record = entry.ToRecord(++sequence, hash, now);
            records.Add(record);
            hash = record.Hash;
        }

        if (records.Count > 0)
        {
            await CopyAsync(connection, records, cancellationToken);
            await MoveHeadAsync(connection, sequence, hash, cancellationToken);
        }

        return (records.Count, sequence);
    }

    private static async Task<(long Sequence, byte[] Hash)> LockHeadAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockHead, connection);
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? (row.GetInt64(0), row.GetFieldValue<byte[]>(1))
            : throw new InvalidOperationException("The audit trail has no head: its row was deleted.");
    }

    // What is not recorded yet, and what contradicts that which is.
    private async Task<IReadOnlyList<TrailContent>> NewsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<TrailContent> entries, CancellationToken cancellationToken)
    {
        var known = await FindKnownAsync(connection, entries, cancellationToken);
        var news = new List<TrailContent>(entries.Count);
        var contradictions = new List<TrailContent>();
        foreach (var entry in entries)
        {
            if (!known.TryGetValue(entry.RecordId, out var recorded))
            {
                news.Add(entry);
                known.Add(entry.RecordId, null);
            }
            else if (entry.Contradicts(recorded ?? news.Find(one => one.RecordId == entry.RecordId)!.ToBytes()))
            {
                contradictions.Add(TrailContent.OfContradiction(entry));
            }
        }

        if (contradictions.Count == 0)
            return news;
        var told = await FindKnownAsync(connection, contradictions, cancellationToken);
        foreach (var contradiction in contradictions.Where(one => told.TryAdd(one.RecordId, null)))
        {
            LogContradicted(contradiction.Resource!);
            news.Add(contradiction);
        }

        return news;
    }

    private static async Task<Dictionary<Guid, byte[]?>> FindKnownAsync(
        NpgsqlConnection connection, IReadOnlyCollection<TrailContent> entries, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FindKnown, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = entries.Select(entry => entry.RecordId).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var known = new Dictionary<Guid, byte[]?>(entries.Count);
        while (await rows.ReadAsync(cancellationToken))
            known.Add(rows.GetGuid(0), rows.GetFieldValue<byte[]>(1));
        return known;
    }

    private static async Task MoveHeadAsync(
        NpgsqlConnection connection, long sequence, byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MoveHead, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sequence });
        command.Parameters.Add(new NpgsqlParameter { Value = hash });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, List<AuditRecord> records, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(CopyRecords, cancellationToken);
        foreach (var record in records)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(record.Sequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(record.RecordId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(record.Kind, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(record.OccurredAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(record.RecordedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteTextAsync(copy, record.Tenant, cancellationToken);
            await WriteTextAsync(copy, record.KeyId, cancellationToken);
            await WriteTextAsync(copy, record.Actor, cancellationToken);
            await WriteTextAsync(copy, record.Action, cancellationToken);
            await WriteTextAsync(copy, record.Resource, cancellationToken);
            if (record.Status is { } status)
                await copy.WriteAsync(status, NpgsqlDbType.Integer, cancellationToken);
            else
                await copy.WriteNullAsync(cancellationToken);
            await WriteTextAsync(copy, record.ErrorCode, cancellationToken);
            await WriteTextAsync(copy, record.Model, cancellationToken);
            await WriteTextAsync(copy, record.Provider, cancellationToken);
            await copy.WriteAsync(record.Content, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(record.PreviousHash, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(record.Hash, NpgsqlDbType.Bytea, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static Task WriteTextAsync(
        NpgsqlBinaryImporter copy, string? text, CancellationToken cancellationToken) =>
        text is null
            ? copy.WriteNullAsync(cancellationToken)
            : copy.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "The audit database does not answer; what arrived waits until it does")]
    private partial void LogWaiting(Exception fault);

    [LoggerMessage(LogLevel.Error, "An event came under the id of {Record} and says something else")]
    private partial void LogContradicted(string record);
}
