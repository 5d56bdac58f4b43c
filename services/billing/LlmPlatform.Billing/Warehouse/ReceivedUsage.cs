using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>An event and its place in its spool.</summary>
/// <param name="Event">As the edge wrote it.</param>
/// <param name="EdgeId">The spool.</param>
/// <param name="Epoch">The life of the spool.</param>
/// <param name="Sequence">Its place, from 1, contiguous within the epoch.</param>
internal sealed record ReceivedUsage(UsageRecorded Event, Guid EdgeId, long Epoch, long Sequence)
{
    /// <summary>The events of an envelope.</summary>
    public static IEnumerable<ReceivedUsage> Of(UsageRecordedBatch batch) => batch.Events.Select(
        (recorded, index) => new ReceivedUsage(recorded, batch.EdgeId, batch.Epoch, batch.FirstSequence + index));
}
