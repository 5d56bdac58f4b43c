using System.Data;
using LlmPlatform.Audit.Retention;
using LlmPlatform.Audit.Trail;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Audit.Verification;

/// <summary>Verifies the chain, or a stretch of it, as it stands at one instant: appends go on meanwhile.</summary>
internal sealed class ChainVerification(AuditDbContext database)
{
    /// <summary>Walks from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    /// <param name="from">The first place, from 1.</param>
    /// <param name="to">The last place; null for the end of the chain, which is then verified too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<VerifyResponse> RunAsync(long from, long? to, CancellationToken cancellationToken)
    {
        // One snapshot for the head and all records, however long the walk takes.
        await using var snapshot = await database.Database.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellationToken);
        var head = await database.Heads.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (head is null)
            return VerifyResponse.Broken(from, 0, new ChainHead(),
                new ChainFault(from, ChainFaultKind.Altered, "The row that tells where the chain ends is gone."));

        var checkpoint = await database.Checkpoints.AsNoTracking()
            .OrderByDescending(last => last.Sequence).FirstOrDefaultAsync(cancellationToken);
        var isWhole = from <= (checkpoint?.Sequence ?? 0) + 1;
        if (isWhole && checkpoint is not null)
        {
            from = checkpoint.Sequence + 1;
        }

        var found = await WalkedAsync(from, to, isWhole, checkpoint, head, cancellationToken);
        return found with { Dropped = DroppedResponse.Of(checkpoint) };
    }

    private async Task<VerifyResponse> WalkedAsync(
        long from, long? to, bool isWhole, Checkpoint? checkpoint, ChainHead head, CancellationToken cancellationToken)
    {
        var before = isWhole && checkpoint is not null
            ? checkpoint.Hash
            : await HashBeforeAsync(from, cancellationToken);
        if (before is null)
            return VerifyResponse.Broken(from, 0, head, from > head.Sequence + 1
                ? new ChainFault(from, ChainFaultKind.Gap, "The chain does not reach that far.")
                : new ChainFault(from - 1, ChainFaultKind.Gap, "The record before the first one is missing."));

        var walk = new ChainWalk(from, before);
        var fault = await WalkAsync(walk, isWhole ? long.MinValue : from, to, cancellationToken)
            ?? FaultOfEnd(walk, to, head)
            ?? (isWhole && walk.NextSequence > head.Sequence ? FaultOfBeginning(walk, checkpoint) : null);
        var count = walk.NextSequence - from;
        return fault is null
            ? VerifyResponse.Sound(from, count, head)
            : VerifyResponse.Broken(from, count, head, fault);
    }

    private async Task<byte[]?> HashBeforeAsync(long from, CancellationToken cancellationToken) =>
        from == 1
            ? ChainHash.Genesis.ToArray()
            : await database.Records
                .Where(record => record.Sequence == from - 1)
                .Select(record => record.Hash)
                .SingleOrDefaultAsync(cancellationToken);

    private async Task<ChainFault?> WalkAsync(
        ChainWalk walk, long first, long? to, CancellationToken cancellationToken)
    {
        // A whole chain is read from its very beginning, so that a record before the first place is found as well.
        var records = database.Records.AsNoTracking()
            .Where(record => record.Sequence >= first && (to == null || record.Sequence <= to))
            .OrderBy(record => record.Sequence)
            .AsAsyncEnumerable();
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            if (walk.Take(record) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>
    /// Records leave the beginning by one way only, which the chain has a record of: what says otherwise was cut off.
    /// </summary>
    private static ChainFault? FaultOfBeginning(ChainWalk walk, Checkpoint? checkpoint)
    {
        var (through, hash) = (walk.Dropped?.Through ?? 0, walk.Dropped?.Hash);
        return (through, hash) == (checkpoint?.Sequence ?? 0, checkpoint is null ? null
                : Convert.ToHexStringLower(checkpoint.Hash))
            ? null
            : new ChainFault(
                (checkpoint?.Sequence ?? 0) + 1, ChainFaultKind.Gap,
                $"The chain says that records up to {through} were dropped, and no others.");
    }

    /// <summary>What the chain alone cannot show: that records were cut off its end, or put behind it.</summary>
    private static ChainFault? FaultOfEnd(ChainWalk walk, long? to, ChainHead head)
    {
        var last = walk.NextSequence - 1;
        if (last < Math.Min(to ?? head.Sequence, head.Sequence))
            return new ChainFault(
                walk.NextSequence, ChainFaultKind.Gap, $"The records up to {to ?? head.Sequence} are missing.");
        if (last > head.Sequence)
            return new ChainFault(
                head.Sequence + 1, ChainFaultKind.Altered, "The record stands behind the end of the chain.");
        return last == head.Sequence && !walk.LastHash.SequenceEqual(head.Hash)
            ? new ChainFault(last, ChainFaultKind.Altered, "The chain was written to end with another hash.")
            : null;
    }
}
