using LlmPlatform.Hosting.Security;
using LlmPlatform.Messaging;
using LlmPlatform.TestKit.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>What an older version wrote is there after the migration to this one.</summary>
public sealed class KeyMigrationTests
{
    private const string First = "20261121075507_Initial";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_of_the_first_version_keep_their_secret_and_their_user_there_and_back()
    {
        var postgres = await (await TestServers.SharedAsync()).CreateDatabaseAsync(Token);
        await using var database = new EdgeDbContext(
            ServiceDatabase.OptionsFor<EdgeDbContext>(postgres, EdgeDbContext.Schema));
        var migrator = database.Database.GetService<IMigrator>();
        await migrator.MigrateAsync(First, Token);
        const string none = "{}";
        var hash = SecretHash.Of("sk-of-an-older-version");
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO edge.tenant (name, source, created_at) VALUES ('acme', 'api', now());
            INSERT INTO edge.virtual_key (
                id, name, tenant, user_name, secret_hash, secret_prefix, models, metadata, source, created_at)
            VALUES ('key_1', 'ci', 'acme', 'ann', {hash}, 'sk-of-an-o', ARRAY['*'], {none}::jsonb, 'api', now()),
                ('key_2', 'cd', 'acme', NULL, 'other', '', ARRAY['*'], {none}::jsonb, 'api', now())
            """,
            Token);

        await migrator.MigrateAsync(cancellationToken: Token);

        var key = await database.Keys.AsNoTracking()
            .Include(key => key.Secrets).Include(key => key.Owner).SingleAsync(key => key.Name == "ci", Token);
        Assert.Equal((hash, "sk-of-an-o", null), (key.OwnSecret!.Hash, key.OwnSecret.Prefix, key.OwnSecret.EndsAt));
        Assert.Equal(("ann", "acme"), (key.Owner!.Name, key.Owner.Tenant));
        Assert.Null((await database.Keys.AsNoTracking().SingleAsync(key => key.Name == "cd", Token)).User);

        await migrator.MigrateAsync(First, Token);
        var back = await database.Database
            .SqlQuery<string>($"SELECT secret_hash AS \"Value\" FROM edge.virtual_key WHERE id = 'key_1'")
            .SingleAsync(Token);
        Assert.Equal(hash, back);
    }
}
