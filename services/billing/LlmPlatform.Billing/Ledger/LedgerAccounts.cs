using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Billing.Ledger;

/// <summary>The ids of accounts. Opened outside the caller's transaction, so that an id once given stays.</summary>
internal sealed class LedgerAccounts(IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<LedgerAccount, long> _ids = new();

    /// <summary>The ids of accounts, opening those that are new.</summary>
    public async Task<IReadOnlyDictionary<LedgerAccount, long>> IdsAsync(
        IEnumerable<LedgerAccount> accounts, CancellationToken cancellationToken)
    {
        var wanted = accounts.Distinct().ToList();
        var missing = wanted.Where(account => !_ids.ContainsKey(account)).ToList();
        if (missing.Count > 0)
        {
            await OpenAsync(missing, cancellationToken);
        }

        return wanted.ToDictionary(account => account, account => _ids[account]);
    }

    private async Task OpenAsync(IReadOnlyList<LedgerAccount> accounts, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>().Database;
        await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO billing.ledger_account (kind, tenant, detail)
            SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING;
            """,
            (NpgsqlConnection)database.GetDbConnection());
        AddNames(command, accounts);
        await command.ExecuteNonQueryAsync(cancellationToken);

        await using var reading = new NpgsqlCommand(
            """
            SELECT id, account.kind, account.tenant, account.detail FROM billing.ledger_account AS account
            JOIN unnest($1, $2, $3) AS wanted (kind, tenant, detail)
                ON (account.kind, account.tenant, account.detail) = (wanted.kind, wanted.tenant, wanted.detail)
            """,
            (NpgsqlConnection)database.GetDbConnection());
        AddNames(reading, accounts);
        await using var rows = await reading.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            _ids[new LedgerAccount(rows.GetString(1), rows.GetString(2), rows.GetString(3))] = rows.GetInt64(0);
        }
    }

    private static void AddNames(NpgsqlCommand command, IReadOnlyList<LedgerAccount> accounts)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = accounts.Select(account => account.Kind).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = accounts.Select(account => account.Tenant).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = accounts.Select(account => account.Detail).ToArray() });
    }
}
