using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;

namespace LlmPlatform.Edge.Settlement;

/// <summary>What a call cost, said once and never lost: the edge's own write-ahead log.</summary>
internal sealed class UsageSpool
{
    /// <summary>False while a new billable call must be refused with 503: the spool is 90 % full, or its disk fails.</summary>
    public bool IsAccepting => RefusalReason is null;

    /// <summary>Null while accepting, else <c>spool_full</c> or <c>spool_disk_error</c>.</summary>
    public string? RefusalReason => null;

    /// <summary>Usage and completion events not yet confirmed by the broker.</summary>
    public long PendingEvents => 0;

    /// <summary>Bytes of all segment files.</summary>
    public long Bytes => 0;

    /// <summary>Writes down that a provider is about to be called. Await it before the call.</summary>
    /// <exception cref="SpoolUnavailableException">Nothing was written; refuse the call.</exception>
    public ValueTask RecordIntentAsync(CallIntent intent, CancellationToken cancellationToken) => default;

    /// <summary>Notes the output streamed so far, so that an estimate after a crash is close. Every few seconds is enough.</summary>
    public void RecordProgress(Guid eventId, long outputTokens)
    {
    }

    /// <summary>Writes down what an attempt consumed; completes once it is as durable as the options say.</summary>
    public ValueTask RecordUsageAsync(UsageRecorded usage) => default;

    /// <summary>Writes down how a request ended; after its usage. Refused requests travel in a lane of their own.</summary>
    /// <param name="completed">The event.</param>
    /// <param name="admitted">False for a request refused before any provider was called.</param>
    public ValueTask RecordCompletionAsync(RequestCompleted completed, bool admitted) => default;
}
