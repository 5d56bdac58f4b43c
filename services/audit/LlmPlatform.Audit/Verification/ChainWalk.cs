using System.Text.Json;
using LlmPlatform.Audit.Retention;
using LlmPlatform.Audit.Trail;

namespace LlmPlatform.Audit.Verification;

/// <summary>Walks the chain record by record and computes every hash again.</summary>
/// <param name="firstSequence">The place of the first record.</param>
/// <param name="previousHash">The hash of the record before it.</param>
internal sealed class ChainWalk(long firstSequence, byte[] previousHash)
{
    // How far from where it is found a record is looked for, to tell one that was moved from one that was changed.
    private const int MoveDistance = 200;

    private byte[] _previousHash = previousHash;

    /// <summary>The place of the next record.</summary>
    public long NextSequence { get; private set; } = firstSequence;

    /// <summary>The hash of the last record.</summary>
    public ReadOnlySpan<byte> LastHash => _previousHash;

    /// <summary>What the last record that tells of it says was dropped; null: none does.</summary>
    public DroppedRecords? Dropped { get; private set; }

    /// <summary>Takes the next record; null when it is as it was written.</summary>
    public ChainFault? Take(AuditRecord record)
    {
        if (record.Sequence != NextSequence)
            return new ChainFault(NextSequence, ChainFaultKind.Gap, $"The next record is {record.Sequence}.");
        if (!IsSealedAt(record, NextSequence) || !record.PreviousHash.AsSpan().SequenceEqual(_previousHash))
            return PlaceOf(record) is { } place
                ? Fault(ChainFaultKind.Reordered, $"The record was written at {place}.")
                : Fault(ChainFaultKind.Altered, "The hash does not follow from the content and the record before.");
        if (!IsIndexedAsWritten(record))
            return Fault(ChainFaultKind.Altered, "The columns say something else than the sealed content.");

        Dropped = DroppedRecords.Read(record) ?? Dropped;
        _previousHash = record.Hash;
        NextSequence++;
        return null;
    }

    private static bool IsSealedAt(AuditRecord record, long sequence) =>
        ChainHash.Of(record.PreviousHash, sequence, record.Content).AsSpan().SequenceEqual(record.Hash);

    private static bool IsIndexedAsWritten(AuditRecord record)
    {
        try
        {
            return TrailContent.Read(record.Content).IsRepeatedBy(record);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private ChainFault Fault(ChainFaultKind kind, string detail) => new(NextSequence, kind, detail);

    /// <summary>Where the record's hash holds: it is intact, and it is not here.</summary>
    private long? PlaceOf(AuditRecord record)
    {
        var last = NextSequence + MoveDistance;
        for (var place = Math.Max(1, NextSequence - MoveDistance); place <= last; place++)
        {
            if (place != NextSequence && IsSealedAt(record, place))
                return place;
        }

        return null;
    }
}
