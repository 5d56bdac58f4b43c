using LlmPlatform.Audit.Retention;

namespace LlmPlatform.Audit.Verification;

/// <summary>Records that are not there any more because of their age.</summary>
/// <param name="Through">The place of the last.</param>
/// <param name="Hash">Its hash, hexadecimal, which the record behind it is sealed with.</param>
/// <param name="DroppedAt">When it left.</param>
internal sealed record DroppedResponse(long Through, string Hash, DateTimeOffset DroppedAt)
{
    public static DroppedResponse? Of(Checkpoint? checkpoint) => checkpoint is null
        ? null
        : new DroppedResponse(
            checkpoint.Sequence, Convert.ToHexStringLower(checkpoint.Hash), checkpoint.DroppedAt);
}
