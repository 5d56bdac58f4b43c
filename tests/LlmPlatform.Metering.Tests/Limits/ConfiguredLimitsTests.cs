using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Metering.Limits;
using LlmPlatform.Quota;
using LlmPlatform.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Metering.Tests.Limits;

public sealed class ConfiguredLimitsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_replicas_that_apply_the_same_file_make_one_change_of_it()
    {
        var file = Given.File(Given.Budget("one"), Given.Budget("two"));
        await using var stores = await MeteringStores.CreateAsync();
        await using var first = await MeteringReplica.CreateAsync(stores, new PlatformConfiguration());
        await using var second = await MeteringReplica.CreateAsync(stores, new PlatformConfiguration());

        await Task.WhenAll(Enumerable.Range(0, 10).Select(turn => (turn % 2 == 0 ? first : second).ApplyAsync(file)));

        var snapshot = await SnapshotAsync(first);
        Assert.Equal(["one", "two"], snapshot.Budgets.Select(budget => budget.Name));
        Assert.All(snapshot.Budgets, budget => Assert.Equal(1, budget.Revision));
        Assert.Equal((60L, 20), (snapshot.RateLimits[0].RequestsPerMinute, snapshot.RateLimits[0].Burst));
        Assert.Equal(2, snapshot.Version);
        Assert.Equal(1, await first.WaitingAsync(nameof(LimitsChanged)));
        Assert.Equal(3, await first.WaitingAsync(nameof(AdminChangeRecorded)));
        Assert.Equal(2, (await SnapshotAsync(second)).Version);
    }

    [Fact]
    public async Task A_changed_entry_is_a_new_revision_of_the_same_budget()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(Given.Budget(limitUsd: 1)));
        var before = Assert.Single((await SnapshotAsync(replica)).Budgets);

        await replica.ApplyAsync(Given.File(Given.Budget(limitUsd: 2)));

        var snapshot = await SnapshotAsync(replica);
        var after = Assert.Single(snapshot.Budgets);
        Assert.Equal((before.Id, 2L, 2 * Given.Usd), (after.Id, after.Revision, after.LimitNanoUsd));
        Assert.Equal(3, snapshot.Version);
        Assert.Equal([8_000, 9_000, 10_000], after.ThresholdBasisPoints);
    }

    [Fact]
    public async Task What_left_the_file_is_no_longer_in_force_and_returns_as_the_same_budget()
    {
        var budget = Given.Budget();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget));

        await replica.ApplyAsync(new PlatformConfiguration());
        Assert.Empty((await SnapshotAsync(replica)).Budgets);
        Assert.Empty((await SnapshotAsync(replica)).RateLimits);

        await replica.ApplyAsync(Given.File(budget));
        var returned = Assert.Single((await SnapshotAsync(replica)).Budgets);
        Assert.Equal((Given.IdOf(budget), 2L), (returned.Id, returned.Revision));
    }

    [Fact]
    public async Task Another_scope_under_the_same_name_is_another_budget()
    {
        var budget = Given.Budget();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(budget));

        await replica.ApplyAsync(Given.File(budget with { Scope = Given.Scope("team:acme/search") }));

        var moved = Assert.Single((await SnapshotAsync(replica)).Budgets);
        Assert.Equal(("team:acme/search", 1L), (moved.Scope, moved.Revision));
        Assert.NotEqual(Given.IdOf(budget), moved.Id);
    }

    [Fact]
    public async Task A_file_takes_over_what_the_api_had_declared()
    {
        var budget = Given.Budget();
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, new PlatformConfiguration());
        await replica.QueryAsync(async database =>
        {
            var declared = Budget.Named(
                budget.Name, budget.Scope.ToString(), countsTokens: false, TimeProvider.System.GetUtcNow());
            declared.Declare(BudgetTerms.Of(budget), DeclaredBy.Api, TimeProvider.System.GetUtcNow());
            database.Budgets.Add(declared);
            return await database.SaveChangesAsync(Token);
        });

        await replica.ApplyAsync(Given.File(budget));

        var row = await replica.QueryAsync(database => database.Budgets.AsNoTracking().SingleAsync(Token));
        Assert.Equal((DeclaredBy.File, 1L), (row.Source, row.Revision));
    }

    [Fact]
    public async Task The_snapshot_is_served_while_the_database_cannot_be_read()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, Given.File(Given.Budget()));
        var before = await SnapshotAsync(replica);

        await using (var connection = new Npgsql.NpgsqlConnection(stores.Postgres))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE metering.limits_version RENAME TO limits_version_away";
            await command.ExecuteNonQueryAsync(Token);
        }

        Assert.Equal(before, await SnapshotAsync(replica));
    }

    [Fact]
    public async Task No_edge_is_told_of_limits_before_those_of_the_file_are_among_them()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var before = await MeteringReplica.CreateAsync(stores, new PlatformConfiguration());
        await using var connection = new Npgsql.NpgsqlConnection(stores.Postgres);
        await connection.OpenAsync(Token);
        await using var held = await connection.BeginTransactionAsync(Token);
        await using (var command = connection.CreateCommand())
        {
            // Who reads goes on, who writes waits.
            command.CommandText = "LOCK TABLE metering.budget IN SHARE MODE";
            await command.ExecuteNonQueryAsync(Token);
        }

        await using var replica = await MeteringReplica.BeginAsync(stores, Given.File(Given.Budget("one")));
        Assert.Equal(503, (await replica.AskForLimitsAsync()).Status);
        await held.CommitAsync(Token);

        await Eventually.UntilAsync(
            async () => (await replica.AskForLimitsAsync()).Status == 200,
            MeteringReplica.Deadline, "the file is applied", Token);
        var budgets = (await replica.AskForLimitsAsync()).Body.GetProperty("budgets");
        Assert.Equal("one", Assert.Single(budgets.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_changed_file_is_applied_without_a_restart()
    {
        await using var stores = await MeteringStores.CreateAsync();
        await using var replica = await MeteringReplica.CreateAsync(stores, new PlatformConfiguration());
        var source = new ChangingConfiguration { Current = Given.File(Given.Budget("one")) };
        using var limits = new ConfiguredLimits(
            replica.Get<IServiceScopeFactory>(), source, TimeProvider.System, NullLogger<ConfiguredLimits>.Instance);
        await limits.StartAsync(Token);
        await Eventually.UntilAsync(
            async () => (await SnapshotAsync(replica)).Budgets is [{ Name: "one" }],
            MeteringReplica.Deadline, "the file is applied", Token);

        await source.ChangeAsync(Given.File(Given.Budget("two")), Token);

        Assert.Equal("two", Assert.Single((await SnapshotAsync(replica)).Budgets).Name);
        await limits.StopAsync(Token);
    }

    private static async Task<LimitsSnapshot> SnapshotAsync(MeteringReplica replica) =>
        (await replica.Get<LimitsShelf>().CurrentAsync(Token))!;
}
