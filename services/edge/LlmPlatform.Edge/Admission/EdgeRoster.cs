using LlmPlatform.Edge.Settlement;
using LlmPlatform.Quota;

namespace LlmPlatform.Edge.Admission;

/// <summary>
/// How many edges there are, as far as Redis has told this one: while Redis is away, each takes its part of what they
/// share. One that joined since the last renewal is not counted yet, one that left still is, for a lease; half of a
/// budget is theirs by default, so that twice as many do not pass its limit.
/// </summary>
internal sealed class EdgeRoster(HoldLedger ledger, UsageSpool spool, RedisAwayOptions options)
{
    private volatile int _count;

    /// <summary>How many; what the options say for as long as Redis has not answered.</summary>
    public int Count => _count > 0 ? _count : options.Edges;

    /// <summary>Says that this edge is there, and hears who is.</summary>
    /// <exception cref="QuotaUnavailableException">Redis is away; the last count stands.</exception>
    public async Task AnnounceAsync(CancellationToken cancellationToken) =>
        _count = await ledger.AnnounceAsync(spool.Money.Identity.EdgeId, cancellationToken);
}
