using LlmPlatform.Audit.Retention;
using LlmPlatform.Audit.Verification;
using LlmPlatform.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LlmPlatform.Audit.Tests.Retention;

public sealed class RetentionTests
{
    private const int Old = 12;
    private const int Young = 5;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_older_than_the_retention_leaves_and_the_chain_still_holds_and_says_what_left()
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await StartAsync(postgres);

        // Five at a time, each time with a record of it.
        var after = await replica.VerifyAsync();
        Assert.True(after.Ok, after.Fault?.ToString());
        Assert.Equal((Old + 1, Young + 3, Old + Young + 3), (after.From, after.Count, after.HeadSequence));
        Assert.Equal((true, 3), Summary(await replica.VerifyAsync(Old + 2, Old + 4)));
        Assert.Equal((true, 0), Summary(await replica.VerifyAsync(1, 3)));
        Assert.Equal(0, await replica.Services.GetRequiredService<RetentionSweep>().SweepAsync(Now));
        Assert.Equal(after.HeadHash, (await replica.VerifyAsync()).HeadHash);

        // What is not old is deleted by nobody, nor is a checkpoint put where it is not true.
        foreach (var statement in new[]
        {
            "DELETE FROM audit.record WHERE sequence = 14",
            "DELETE FROM audit.checkpoint",
            "UPDATE audit.checkpoint SET sequence = 14",
            "INSERT INTO audit.checkpoint SELECT sequence, hash, now() FROM audit.record WHERE sequence = 15",
            "INSERT INTO audit.checkpoint VALUES (13, '\\x00', now())",
        })
        {
            await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(postgres, statement));
        }
    }

    [Theory]
    [InlineData("DELETE FROM audit.record WHERE sequence <= 14", 13)]
    [InlineData("INSERT INTO audit.checkpoint SELECT sequence, hash, now() FROM audit.record WHERE sequence = 14; "
        + "DELETE FROM audit.record WHERE sequence <= 14", 15)]
    [InlineData("INSERT INTO audit.checkpoint SELECT sequence, hash, now() FROM audit.record WHERE sequence = 16; "
        + "DELETE FROM audit.record WHERE sequence <= 16", 17)]
    [InlineData("DELETE FROM audit.checkpoint", 1)]
    [InlineData("DELETE FROM audit.checkpoint WHERE sequence = 12", 11)]
    [InlineData("UPDATE audit.checkpoint SET hash = set_byte(hash, 3, get_byte(hash, 3) # 1)", 13)]
    public async Task A_beginning_that_was_cut_off_otherwise_is_found(string tampering, long sequence)
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await StartAsync(postgres);
        Assert.True((await replica.VerifyAsync()).Ok);

        await ExecuteAsync(
            postgres, $"SET session_replication_role = replica; {tampering}; RESET session_replication_role");

        var verified = await replica.VerifyAsync();
        Assert.False(verified.Ok);
        Assert.Equal(sequence, verified.Fault!.Sequence);
    }

    // Twelve records of 450 days ago, which leave as soon as a process of today runs, and five of today.
    private static async Task<AuditReplica> StartAsync(string postgres)
    {
        var events = Events.Requests(Old + Young);
        var then = new ManualTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-450));
        await using (var earlier = await AuditReplica.StartAsync(postgres, clock: then))
        {
            await earlier.AppendAsync([.. events.Take(Old)]);
        }

        var replica = await AuditReplica.StartAsync(postgres, settings: new Dictionary<string, string?>
        {
            ["Audit:Retention:BatchSize"] = "5",
        });
        await Eventually.UntilAsync(
            async () => (await replica.VerifyAsync()).Dropped?.Through == Old,
            TimeSpan.FromSeconds(60), "what is old has left", Now);
        await replica.AppendAsync([.. events.Skip(Old)]);
        return replica;
    }

    private static (bool Ok, long Count) Summary(VerifyResponse verified) => (verified.Ok, verified.Count);

    private static async Task ExecuteAsync(string postgres, string statements)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(Now);
        await using var command = connection.CreateCommand();
        command.CommandText = statements;
        await command.ExecuteNonQueryAsync(Now);
    }
}
