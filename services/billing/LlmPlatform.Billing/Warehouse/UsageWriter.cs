namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// Stores rows, all of them: those that ClickHouse can never take are found by halving and put in quarantine. An
/// insert may be repeated whole after any failure, because reads keep one row of each event.
/// </summary>
internal sealed class UsageWriter(
    ClickHouseClient clickHouse,
    UsageQuarantine quarantine,
    BillingMetrics metrics,
    IngestOptions options,
    TimeProvider clock)
{
    private const string Table = "usage_events";

    /// <summary>Returns when every row is stored or in quarantine.</summary>
    /// <returns>Those that are stored.</returns>
    /// <exception cref="ClickHouseException">The server is away or unwell; nothing is known to be stored.</exception>
    public async Task<IReadOnlyList<UsageRow>> WriteAsync(
        IReadOnlyList<UsageRow> rows, CancellationToken cancellationToken)
    {
        // In the table's order, so that the server has nothing to sort.
        var sorted = rows
            .OrderBy(row => row.Usage.Event.OccurredAt.ToUnixTimeSeconds() / 3600)
            .ThenBy(row => row.Usage.Event.Tenant, StringComparer.Ordinal)
            .ToArray();
        var refused = new HashSet<UsageRow>(ReferenceEqualityComparer.Instance);
        foreach (var part in sorted.Chunk(options.InsertRows))
        {
            await InsertAsync(part, refused, cancellationToken);
        }

        return refused.Count == 0 ? sorted : [.. sorted.Where(row => !refused.Contains(row))];
    }

    private async Task InsertAsync(
        ArraySegment<UsageRow> rows, HashSet<UsageRow> quarantined, CancellationToken cancellationToken)
    {
        try
        {
            await clickHouse.InsertAsync(
                Table, UsageRow.Columns, UsageRow.Lines(rows, clock.GetUtcNow()), cancellationToken);
        }
        catch (ClickHouseException refused) when (refused.IsFaultOfTheRows)
        {
            await IsolateAsync(rows, refused, quarantined, cancellationToken);
            return;
        }

        metrics.Stored(rows);
    }

    private async Task IsolateAsync(
        ArraySegment<UsageRow> rows,
        ClickHouseException refused,
        HashSet<UsageRow> quarantined,
        CancellationToken cancellationToken)
    {
        if (rows.Count == 1)
        {
            quarantined.Add(rows[0]);
            await quarantine.KeepAsync(rows[0].Usage, refused.Message, cancellationToken);
            return;
        }

        var half = rows.Count / 2;
        await InsertAsync(rows[..half], quarantined, cancellationToken);
        await InsertAsync(rows[half..], quarantined, cancellationToken);
    }
}
