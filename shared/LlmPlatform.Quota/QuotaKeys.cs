using System.Text;

namespace LlmPlatform.Quota;

/// <summary>
/// Every key in Redis that belongs to limits and holds. All carry the hash tag <c>{q}</c>: a script may touch any of
/// them. Amounts are decimal strings of nano-USD, of tokens in a budget of those; times are Unix milliseconds of Redis'
/// clock.
/// <code>
/// b:{q}:BUDGET:PERIOD   hash    one budget period, until its end + 35 days
///                               spent  what settled usage cost          held  what open requests hold
///                               lim    the limit, enf 1 when enforced, rev the revision both are of
///                               end    the end of the period
///                               est    of spent, what estimates of crashed calls are  cor  what corrections changed
/// hold:{q}:REQUEST      string  the hold of one request: packed by hold.lua while it is open, without expiry, then
///                               the word "ended" for EndedRetention. Its lists:
///                               budgets  lines of BUDGET tab PERIOD tab REVISION, of tokens with a tab and t
///                               slots    lines of o:… keys of which it takes one each
///                               tokens   lines of r:… key tab ESTIMATE tab WINDOW MS, to be corrected at the end
/// leases:{q}            zset    every open hold, and only those: REQUEST by the end of its lease
/// edges:{q}             zset    the edges that are there: EDGE by when it counts no longer, unless it says so again
/// m:{q}:EVENT           string  VERSION:AMOUNT[:TOKENS] as settled last, for MarkerTtl
/// r:{q}:LIMIT:KIND[:WHO] hash   a sliding window: w its number, c the count in it, pc the count in the one before;
///                               or a bucket: t what is in it, ts as of when
/// o:{q}:LIMIT[:WHO]     string  calls open at once; absent at 0
/// w:{q}:SECRET          string  VERSION FROM: to keys older than VERSION this secret is dead since FROM (0: at once);
///                               for as long as an edge may use older ones
/// gen:{q}               string  how often the counters were made from the ledger; none: Redis has been emptied
/// seed:{q}              hash    SPOOL:EPOCH to the sequence up to which the counters hold all its usage since then
/// withdrawn:{q}         string  the version of the keys up to which every withdrawal is here; none: start anew
/// </code>
/// </summary>
internal static class QuotaKeys
{
    internal static ReadOnlySpan<byte> Leases => "leases:{q}"u8;

    internal static ReadOnlySpan<byte> Edges => "edges:{q}"u8;

    internal static ReadOnlySpan<byte> WithdrawnTo => "withdrawn:{q}"u8;

    internal static ReadOnlySpan<byte> Generation => "gen:{q}"u8;

    internal static ReadOnlySpan<byte> Seed => "seed:{q}"u8;

    internal static ReadOnlySpan<byte> SecretPrefix => "w:{q}:"u8;

    internal static ReadOnlySpan<byte> HoldPrefix => "hold:{q}:"u8;

    internal static ReadOnlySpan<byte> MarkerPrefix => "m:{q}:"u8;

    internal static ReadOnlySpan<byte> BudgetPrefix => "b:{q}:"u8;

    internal static byte[] Budget(string budgetId, string periodId) => Bytes($"b:{{q}}:{Checked(budgetId)}:{periodId}");

    internal static byte[] Rate(string limitId, RateLimitKind kind) => Bytes(kind switch
    {
        RateLimitKind.Parallel => $"o:{{q}}:{Checked(limitId)}",
        RateLimitKind.Burst => $"r:{{q}}:{Checked(limitId)}:burst",
        RateLimitKind.RequestsPerSecond => $"r:{{q}}:{Checked(limitId)}:rps",
        RateLimitKind.RequestsPerMinute => $"r:{{q}}:{Checked(limitId)}:rpm",
        RateLimitKind.RequestsPerHour => $"r:{{q}}:{Checked(limitId)}:rph",
        RateLimitKind.RequestsPerDay => $"r:{{q}}:{Checked(limitId)}:rpd",
        RateLimitKind.TokensPerSecond => $"r:{{q}}:{Checked(limitId)}:tps",
        RateLimitKind.TokensPerMinute => $"r:{{q}}:{Checked(limitId)}:tpm",
        RateLimitKind.TokensPerHour => $"r:{{q}}:{Checked(limitId)}:tph",
        RateLimitKind.TokensPerDay => $"r:{{q}}:{Checked(limitId)}:tpd",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    });

    // Tabs and line ends part the ids in a hold's lists; one inside an id would free the wrong counter.
    internal static void Check(string id)
    {
        if (id.Length == 0 || id.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0
            || id.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') >= 0)
            throw new ArgumentException("The id of a limit or budget is empty or has a control character.", nameof(id));
    }

    private static string Checked(string id)
    {
        Check(id);
        return id;
    }

    private static byte[] Bytes(string key) => Encoding.UTF8.GetBytes(key);
}
