using LlmPlatform.Audit.Trail;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Audit.Retention;

/// <summary>
/// Drops records from the beginning of the chain, and leaves in their place a checkpoint and a record of the chain that
/// says so, all in one transaction. Scoped, like the context.
/// </summary>
internal sealed class TrailRetention(
    AuditDbContext database, TrailWriter trail, RetentionOptions options, TimeProvider clock)
{
    /// <summary>Drops the oldest records, one batch of them, that were recorded before an instant.</summary>
    /// <returns>How many; less than a batch: there are no more.</returns>
    public async Task<int> DropAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // Who drops and who appends follow one another.
        await database.Database.ExecuteSqlAsync($"SELECT 1 FROM audit.head FOR UPDATE", cancellationToken);
        var oldest = await database.Records.AsNoTracking().OrderBy(record => record.Sequence).Take(options.BatchSize)
            .Select(record => new { record.Sequence, record.Hash, record.RecordedAt })
            .ToListAsync(cancellationToken);
        var old = oldest.TakeWhile(record => record.RecordedAt < before).ToList();
        if (old is [])
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        var last = old[^1];
        var dropped = new DroppedRecords(
            old[0].Sequence, last.Sequence, Convert.ToHexStringLower(last.Hash), before);
        await trail.AppendWithinAsync([dropped.ToContent(now)], cancellationToken);
        database.Checkpoints.Add(new Checkpoint { Sequence = last.Sequence, Hash = last.Hash, DroppedAt = now });
        await database.SaveChangesAsync(cancellationToken);
        await database.Records.Where(record => record.Sequence <= last.Sequence)
            .ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return old.Count;
    }
}
