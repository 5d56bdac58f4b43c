using LlmPlatform.Billing.Warehouse;

namespace LlmPlatform.Billing.Ledger;

/// <summary>
/// Rated usage beside what the ledger has of the same events. The entry of a charge is what remembers that it was
/// counted, and what it said: nothing else does. Pure.
/// </summary>
internal sealed class UsageComparison
{
    private readonly Dictionary<UsageRow, UsageEntry> _charges = new(ReferenceEqualityComparer.Instance);

    private UsageComparison(IReadOnlyList<UsageEntry> posted) => Posted = posted;

    /// <summary>Everything posted for these events.</summary>
    public IReadOnlyList<UsageEntry> Posted { get; }

    /// <summary>News, and repeats that say the same: to be stored.</summary>
    public List<UsageRow> Sound { get; } = [];

    /// <summary>
    /// Repeats that come out at another amount, because prices have changed since: what is stored stands.
    /// </summary>
    public List<UsageRow> Standing { get; } = [];

    /// <summary>
    /// Those that say something else than the same event and version did before, and what, in a sentence.
    /// </summary>
    public List<(UsageRow Row, string Reason)> Contradicting { get; } = [];

    /// <summary>The charge of a row.</summary>
    public UsageEntry ChargeOf(UsageRow row) => _charges[row];

    /// <param name="rows">As they came, repeats included.</param>
    /// <param name="charges">The charge of each.</param>
    /// <param name="posted">Everything posted for these events.</param>
    public static UsageComparison Of(
        IReadOnlyList<UsageRow> rows, IReadOnlyList<UsageEntry> charges, IReadOnlyList<UsageEntry> posted)
    {
        var comparison = new UsageComparison(posted);
        var known = new Dictionary<(Guid, int, int), UsageEntry>(posted.Count);
        var occurred = new Dictionary<Guid, DateTimeOffset>(posted.Count);
        foreach (var entry in posted.Where(entry => !entry.IsReversal))
        {
            known[(entry.EventId, entry.Version, entry.Rating)] = entry;
            occurred[entry.EventId] = entry.OccurredAt;
        }

        for (var index = 0; index < rows.Count; index++)
        {
            var (row, charge) = (rows[index], charges[index]);
            comparison._charges[row] = charge;
            if (!known.TryGetValue((charge.EventId, charge.Version, charge.Rating), out var before))
            {
                comparison.Add(row, charge, occurred);
                known.Add((charge.EventId, charge.Version, charge.Rating), charge);
            }
            else if (row.Rating == 0 && before.Content is { } content && content != charge.Content)
            {
                comparison.Contradicting.Add(
                    (row, "Another event was stored under the same id and version, and says something else."));
            }
            else if ((before.Amount, before.Account) != (charge.Amount, charge.Account))
            {
                comparison.Standing.Add(row);
            }
            else
            {
                comparison.Sound.Add(row);
            }
        }

        return comparison;
    }

    // Rows of one event meet in the warehouse by when it occurred: a version of another hour would be counted beside
    // the others.
    private void Add(UsageRow row, UsageEntry charge, Dictionary<Guid, DateTimeOffset> occurred)
    {
        if (!occurred.TryAdd(charge.EventId, charge.OccurredAt) && occurred[charge.EventId] != charge.OccurredAt)
        {
            Contradicting.Add((row, "Another version of the event was stored, and occurred at another time."));
        }
        else
        {
            Sound.Add(row);
        }
    }
}
