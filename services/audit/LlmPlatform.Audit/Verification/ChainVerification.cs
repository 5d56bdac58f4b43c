using System.Data;
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

        var before = await HashBeforeAsync(from, cancellationToken);
        if (before is null)
            return VerifyResponse.Broken(from, 0, head, from > head.Sequence + 1
                ? new ChainFault(from, ChainFaultKind.Gap, "The chain does not reach that far.")
                : new ChainFault(from - 1, ChainFaultKind.Gap, "The record before the first one is missing."));

        var walk = new ChainWalk(from, before);
        var fault = await WalkAsync(walk, from, to, cancellationToken) ?? FaultOfEnd(walk, to, head);
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
        ChainWalk walk, long from, long? to, CancellationToken cancellationToken)
    {
        // A whole chain is read from its very beginning, so that a record before the first place is found as well.
        var first = from == 1 ? long.MinValue : from;
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
