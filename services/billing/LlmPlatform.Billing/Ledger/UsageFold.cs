namespace LlmPlatform.Billing.Ledger;

/// <summary>
/// What has to be posted so that each event is charged once, as its highest version and rating says. Pure: from what is
/// posted and what came it gives the same balance in whatever order and however often things come.
/// </summary>
internal static class UsageFold
{
    /// <param name="posted">Everything posted for these events.</param>
    /// <param name="arrived">Charges that came, repeats included.</param>
    public static IReadOnlyList<UsageEntry> Changes(
        IEnumerable<UsageEntry> posted, IEnumerable<UsageEntry> arrived)
    {
        var known = new Dictionary<Guid, List<UsageEntry>>();
        foreach (var entry in posted)
        {
            if (!known.TryGetValue(entry.EventId, out var ofEvent))
            {
                known.Add(entry.EventId, ofEvent = []);
            }

            ofEvent.Add(entry);
        }

        var highest = new Dictionary<Guid, UsageEntry>();
        var changes = new List<UsageEntry>();
        foreach (var charge in arrived)
        {
            var before = known.GetValueOrDefault(charge.EventId);
            if (before?.Exists(entry => !entry.IsReversal && entry.Order == charge.Order) == true)
            {
                continue;
            }

            if (!highest.TryGetValue(charge.EventId, out var other) || other.Order.CompareTo(charge.Order) < 0)
            {
                highest[charge.EventId] = charge;
            }
        }

        foreach (var charge in highest.Values)
        {
            var before = known.GetValueOrDefault(charge.EventId);
            if (before is null)
            {
                changes.Add(charge);
                continue;
            }

            var current = before.Where(entry => !entry.IsReversal).MaxBy(entry => entry.Order);
            if (current.Order.CompareTo(charge.Order) > 0)
            {
                continue;
            }

            changes.Add(current.Reversed());
            changes.Add(charge);
        }

        return changes;
    }
}
