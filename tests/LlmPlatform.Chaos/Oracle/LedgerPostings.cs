using LlmPlatform.Chaos.Grounds;
using Npgsql;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>What the ledger has charged, event by event.</summary>
internal sealed record LedgerPostings(IReadOnlyDictionary<Guid, decimal> ByEvent, decimal Unbalanced)
{
    /// <summary>Everything posted.</summary>
    public static async Task<LedgerPostings> ReadAsync(ProvingGround ground, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ground.Servers.Postgres);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT event_id, sum(amount) FROM billing.ledger_entry WHERE event_id IS NOT NULL GROUP BY event_id";
        var byEvent = new Dictionary<Guid, decimal>();
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
                byEvent.Add(rows.GetGuid(0), rows.GetDecimal(1));
        }

        command.CommandText = "SELECT coalesce(sum(amount), 0) FROM billing.ledger_entry";
        return new LedgerPostings(byEvent, (decimal)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    /// <summary>How they differ from the rows, in words.</summary>
    public IEnumerable<string> DifferencesFrom(IReadOnlyList<BilledAttempt> rows)
    {
        if (Unbalanced != 0)
            yield return $"the ledger is out of balance by {Unbalanced}";
        foreach (var row in rows)
        {
            if (!ByEvent.TryGetValue(row.EventId, out var posted))
                yield return $"{row.RequestId}/{row.Attempt} is not in the ledger";
            else if (posted != row.CostUsd)
                yield return $"{row.RequestId}/{row.Attempt} is {posted} in the ledger and {row.CostUsd} in its row";
        }

        var known = rows.Select(row => row.EventId).ToHashSet();
        foreach (var posted in ByEvent.Keys.Where(posted => !known.Contains(posted)))
            yield return $"the ledger has event {posted}, of which there is no row";
    }
}
