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
/// product's own writer, in a database of its own.
/// </summary>
internal sealed class AuditGrowth(string postgres)
{
    private const int RecordsAtOnce = 5_000;
    private const int Verified = 10_000;

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

            // What the last tenth of the way cost: that is where it was as long as the point says.
            var last = appends.TakeLast(Math.Max(2, appends.Count / 10)).Order().ToList();
            points.Add(new GrowthPoint(size, last[last.Count / 2], verify));
        }

        return points;
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
