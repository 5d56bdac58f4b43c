using System.Diagnostics;
using LlmPlatform.Audit;
using LlmPlatform.Audit.Trail;
using LlmPlatform.Audit.Verification;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Messaging;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LlmPlatform.Bench.Growth;

/// <summary>
/// What appending a record and verifying one of the last ten thousand costs, by the clock, as the trail grows: with the
/// product's own writer, in a database of its own. What lies before the last records of a point is made by the database
/// itself, so that ten million take minutes: records of the same size under the same indexes.
/// </summary>
internal sealed class AuditGrowth(string postgres)
{
    private const int RecordsAtOnce = 5_000;
    private const int Verified = 10_000;
    private const int Written = 2 * Verified;
    private const int FilledAtOnce = 100_000;

    // Copies of the first record under other ids, names and places; the next record stands on the last of them.
    private const string Fill =
        $"""
        INSERT INTO {AuditDbContext.Schema}.record (sequence, record_id, kind, occurred_at, recorded_at, tenant, key_id,
            status, model, provider, content, previous_hash, hash)
        SELECT place, gen_random_uuid(), kind, occurred_at, recorded_at, 'tenant-' || place % 100,
            'key-' || place % 1000, status, model, provider, content, previous_hash, hash
        FROM {AuditDbContext.Schema}.record, generate_series($1, $2) AS place
        WHERE sequence = 1
        """;

    private const string MoveHead =
        $"""
        UPDATE {AuditDbContext.Schema}.head
        SET sequence = $1, hash = (SELECT hash FROM {AuditDbContext.Schema}.record WHERE sequence = $1)
        """;

    /// <summary>A point for each power of ten from ten thousand on.</summary>
    public async Task<IReadOnlyList<GrowthPoint>> MeasureAsync(long most)
    {
        var name = $"bench_audit_{Environment.ProcessId}";
        await ExecuteAsync(postgres, $"CREATE DATABASE {name}");
        var own = new NpgsqlConnectionStringBuilder(postgres) { Database = name, Pooling = false }.ConnectionString;
        try
        {
            return await MeasureAsync(own, most);
        }
        finally
        {
            await ExecuteAsync(postgres, $"DROP DATABASE {name} WITH (FORCE)");
        }
    }

    private static async Task<IReadOnlyList<GrowthPoint>> MeasureAsync(string connection, long most)
    {
        var options = ServiceDatabase.OptionsFor<AuditDbContext>(connection, AuditDbContext.Schema);
        await using (var migrated = new AuditDbContext(options))
        {
            await migrated.Database.MigrateAsync();
        }

        using var meters = new BenchMeters();
        var length = new ChainLength(meters);
        var points = new List<GrowthPoint>();
        long rows = 0;
        for (long size = Verified; size <= most; size *= 10)
        {
            if (rows > 0)
            {
                await FillAsync(connection, rows + 1, size - Written);
                rows = size - Written;
            }

            var appends = new List<double>();
            while (rows < size)
            {
                await using var database = new AuditDbContext(options);
                var writer = new TrailWriter(
                    database, length, new TrailOptions(), TimeProvider.System, NullLogger<TrailWriter>.Instance);
                var records = Records();
                var began = Stopwatch.GetTimestamp();
                rows += await writer.AppendAsync(records, CancellationToken.None);
                appends.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / RecordsAtOnce);
            }

            await using var reader = new AuditDbContext(options);
            var from = Stopwatch.GetTimestamp();
            var found = await new ChainVerification(reader).RunAsync(rows - Verified + 1, null, CancellationToken.None);
            var verify = Stopwatch.GetElapsedTime(from).TotalMicroseconds / Verified;
            if (!found.Ok)
            {
                throw new InvalidOperationException("The trail that was just written does not verify.");
            }

            appends.Sort();
            points.Add(new GrowthPoint(size, appends[appends.Count / 2], verify));
        }

        return points;
    }

    private static async Task FillAsync(string connection, long from, long to)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        for (var next = from; next <= to; next += FilledAtOnce)
        {
            await using var fill = source.CreateCommand(Fill);
            fill.CommandTimeout = 0;
            fill.Parameters.Add(new NpgsqlParameter { Value = next });
            fill.Parameters.Add(new NpgsqlParameter { Value = Math.Min(to, next + FilledAtOnce - 1) });
            await fill.ExecuteNonQueryAsync();
        }

        await using var move = source.CreateCommand(MoveHead);
        move.Parameters.Add(new NpgsqlParameter { Value = to });
        await move.ExecuteNonQueryAsync();
    }

    private static TrailContent[] Records()
    {
        var records = new TrailContent[RecordsAtOnce];
        for (var index = 0; index < records.Length; index++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var request = Guid.CreateVersion7(now);
            records[index] = TrailContent.Of(new RequestCompleted
            {
                EventId = EventIdentity.Completion(request),
                RequestId = request,
                OccurredAt = now,
                Duration = TimeSpan.FromMilliseconds(1.25),
                Route = "/v1/chat/completions",
                Tenant = $"tenant-{index % 100}",
                KeyId = $"key-{index % 1000}",
                KeyName = $"key-{index % 1000}",
                Model = "bench-small",
                Provider = "mock",
                Status = 200,
                RequestBytes = 1024,
                ResponseBytes = 1024,
            });
        }

        return records;
    }

    private static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
