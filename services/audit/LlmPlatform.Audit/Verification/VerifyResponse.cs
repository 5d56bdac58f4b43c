using LlmPlatform.Audit.Trail;

namespace LlmPlatform.Audit.Verification;

/// <summary>What a verification found.</summary>
internal sealed record VerifyResponse
{
    /// <summary>True when every record is as it was written.</summary>
    public required bool Ok { get; init; }

    /// <summary>The first place that was verified: behind what was dropped.</summary>
    public required long From { get; init; }

    /// <summary>How many records, from the first on, are as they were written.</summary>
    public required long Count { get; init; }

    /// <summary>The place of the last record of the chain; 0 while it is empty.</summary>
    public required long HeadSequence { get; init; }

    /// <summary>
    /// The hash of the last record, hexadecimal. Kept elsewhere, it also shows a chain that was written anew as a
    /// whole.
    /// </summary>
    public required string HeadHash { get; init; }

    /// <summary>What has left by its age; null: nothing.</summary>
    public DroppedResponse? Dropped { get; init; }

    /// <summary>The first place that is not as it was written; null when there is none.</summary>
    public ChainFault? Fault { get; init; }

    public static VerifyResponse Sound(long from, long count, ChainHead head) => Of(from, count, head, null);

    public static VerifyResponse Broken(long from, long count, ChainHead head, ChainFault fault) =>
        Of(from, count, head, fault);

    private static VerifyResponse Of(long from, long count, ChainHead head, ChainFault? fault) => new()
    {
        Ok = fault is null,
        From = from,
        Count = count,
        HeadSequence = head.Sequence,
        HeadHash = Convert.ToHexStringLower(head.Hash),
        Fault = fault,
    };
}
