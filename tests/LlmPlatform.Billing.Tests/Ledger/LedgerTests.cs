using System.Diagnostics;
using LlmPlatform.Billing.Ledger;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Billing.Tests.Ledger;

public sealed class LedgerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_balance_is_what_the_highest_versions_cost_whatever_comes_in_which_order(int seed)
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var random = new Random(seed);
        var events = Usages.Many(120, random).Where(usage => usage.EventVersion == 2).ToList();
        var deliveries = events
            .SelectMany(usage => new[] { usage, usage, Earlier(usage, random), Later(usage, random) }.Take(
                random.Next(1, 5)))
            .ToArray();
        random.Shuffle(deliveries);
        foreach (var envelope in Usages.Envelopes(deliveries, random))
            await billing.StoreAsync(envelope);
        random.Shuffle(deliveries);
        await billing.StoreAsync([.. Usages.Envelopes(deliveries, random)]);

        var last = deliveries.GroupBy(usage => usage.EventId)
            .Select(versions => versions.MaxBy(usage => usage.EventVersion)!).ToList();
        var balances = await BalancesAsync(billing);
        foreach (var payer in last.GroupBy(usage => (usage.Tenant, usage.CostCenter)))
        {
            var account = LedgerAccount.Usage(payer.Key.Tenant, payer.Key.CostCenter!);
            Assert.Equal(Oracle.TotalOf(payer), balances[account]);
        }

        Assert.Equal(-Oracle.TotalOf(last), balances[LedgerAccount.Accrued("sim")]);
        Assert.Equal(0, balances.Values.Sum());
    }

    [Fact]
    public async Task A_version_is_charged_once_and_taken_back_once()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var actual = Usages.Event();
        var estimate = actual with { EventVersion = 1, Tokens = new TokenUsage { InputUncached = 5 } };
        foreach (var usage in new[] { estimate, actual, estimate, actual })
            await billing.StoreAsync(Usages.Envelope(1, usage));

        Assert.Equal(
            [(1, false, 0.0000125m), (1, true, -0.0000125m), (2, false, 0.0045m)],
            await EntriesAsync(billing));
    }

    [Fact]
    public async Task An_estimate_that_comes_after_the_actual_changes_nothing()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var actual = Usages.Event();
        await billing.StoreAsync(Usages.Envelope(1, actual));
        await billing.StoreAsync(Usages.Envelope(2, actual with { EventVersion = 1, Tokens = new TokenUsage() }));

        Assert.Equal([(2, false, 0.0045m)], await EntriesAsync(billing));
    }

    [Fact]
    public async Task The_database_refuses_what_would_change_or_unbalance_the_ledger()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        await billing.StoreAsync(Usages.Envelope(1, Usages.Event()));
        foreach (var statement in new[]
        {
            "UPDATE billing.ledger_entry SET amount = 0",
            "DELETE FROM billing.ledger_entry",
            "TRUNCATE billing.ledger_entry",
            "UPDATE billing.ledger_transaction SET posted_at = now()",
            "DELETE FROM billing.ledger_transaction",
            "UPDATE billing.ledger_account SET tenant = 'other'",
            "TRUNCATE billing.ledger_account CASCADE",
            """
            INSERT INTO billing.ledger_entry (transaction_id, account_id, currency, amount)
            SELECT id, (SELECT min(id) FROM billing.ledger_account), 'USD', 0 FROM billing.ledger_transaction
            """,
            """
            WITH opened AS (
                INSERT INTO billing.ledger_transaction (id, source, source_key, posted_at)
                VALUES (gen_random_uuid(), 'test', 'one', now()) RETURNING id)
            INSERT INTO billing.ledger_entry (transaction_id, account_id, currency, amount)
            SELECT id, (SELECT min(id) FROM billing.ledger_account), 'USD', 1 FROM opened
            """,
        })
        {
            await using var scope = billing.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>().Database;
            await Assert.ThrowsAsync<PostgresException>(
                () => database.ExecuteSqlRawAsync(statement, TestContext.Current.CancellationToken));
        }

        Assert.Equal([(2, false, 0.0045m)], await EntriesAsync(billing));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Storing_usage_keeps_up_with_a_busy_platform()
    {
        await using var billing = await BillingReplica.StartAsync(new FixedConfigurationSource(Usages.Configuration()));
        var events = Usages.Many(15_000, new Random(5));
        var envelopes = events.Chunk(200).Select((some, index) => Usages.Envelope((index * 200) + 1, some)).ToList();
        await billing.StoreAsync([.. envelopes.Take(25)]);

        var watch = Stopwatch.StartNew();
        foreach (var batch in envelopes.Skip(25).Chunk(50))
            await billing.StoreAsync(batch);
        var rate = 10_000 / watch.Elapsed.TotalSeconds;

        output.WriteLine($"{rate:N0} events a second into warehouse and ledger");
        Assert.Equal(0, (await BalancesAsync(billing)).Values.Sum());
        Assert.True(rate > 1_000, $"Only {rate:N0} events a second were stored.");
    }

    private static UsageRecorded Earlier(UsageRecorded usage, Random random) => usage with
    {
        EventVersion = 1,
        UsageSource = UsageSources.RecoveredEstimate,
        Tokens = new TokenUsage { InputUncached = random.Next(1000) },
    };

    private static UsageRecorded Later(UsageRecorded usage, Random random) => usage with
    {
        EventVersion = 3,
        CostCenter = "moved",
        Tokens = usage.Tokens with { OutputText = random.Next(1000) },
    };

    private static async Task<Dictionary<LedgerAccount, decimal>> BalancesAsync(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<LedgerReader>()
            .BalancesAsync(TestContext.Current.CancellationToken);
        return balances.ToDictionary(balance => balance.Account, balance => balance.Amount);
    }

    private static async Task<List<(int Version, bool IsReversal, decimal Amount)>> EntriesAsync(
        BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<BillingDbContext>().Database;
        await database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT event_version, is_reversal, amount FROM billing.ledger_entry
            WHERE event_id IS NOT NULL ORDER BY id
            """,
            (NpgsqlConnection)database.GetDbConnection());
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var entries = new List<(int, bool, decimal)>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            entries.Add((rows.GetInt32(0), rows.GetBoolean(1), rows.GetDecimal(2).Trimmed()));
        return entries;
    }
}
