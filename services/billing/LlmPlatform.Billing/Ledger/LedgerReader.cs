using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Billing.Ledger;

/// <summary>Reads sums of the ledger.</summary>
internal sealed class LedgerReader(BillingDbContext database)
{
    /// <summary>What a tenant's usage of a time costs by the ledger, by cost centre, in USD.</summary>
    public async Task<IReadOnlyDictionary<string, decimal>> UsageAsync(
        string tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT account.detail, sum(entry.amount) FROM billing.ledger_entry AS entry
                JOIN billing.ledger_account AS account ON account.id = entry.account_id
                WHERE account.kind = 'usage' AND account.tenant = $1 AND entry.event_id IS NOT NULL
                    AND entry.occurred_at >= $2 AND entry.occurred_at < $3
                GROUP BY account.detail
                """,
                (NpgsqlConnection)database.Database.GetDbConnection());
            command.Parameters.Add(new NpgsqlParameter { Value = tenant });
            command.Parameters.Add(new NpgsqlParameter { Value = from.ToUniversalTime() });
            command.Parameters.Add(new NpgsqlParameter { Value = to.ToUniversalTime() });
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var sums = new Dictionary<string, decimal>(StringComparer.Ordinal);
            while (await rows.ReadAsync(cancellationToken))
            {
                sums[rows.GetString(0)] = rows.GetDecimal(1);
            }

            return sums;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }

    /// <summary>The balance of every account that has one, by account and currency.</summary>
    public async Task<IReadOnlyList<LedgerAmount>> BalancesAsync(CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT account.kind, account.tenant, account.detail, entry.currency, sum(entry.amount)
                FROM billing.ledger_entry AS entry
                JOIN billing.ledger_account AS account ON account.id = entry.account_id
                GROUP BY account.kind, account.tenant, account.detail, entry.currency
                ORDER BY account.kind, account.tenant, account.detail, entry.currency
                """,
                (NpgsqlConnection)database.Database.GetDbConnection());
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var balances = new List<LedgerAmount>();
            while (await rows.ReadAsync(cancellationToken))
            {
                balances.Add(new LedgerAmount(
                    new LedgerAccount(rows.GetString(0), rows.GetString(1), rows.GetString(2)),
                    rows.GetString(3),
                    rows.GetDecimal(4)));
            }

            return balances;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }
}
