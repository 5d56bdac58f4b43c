using LlmPlatform.Audit.Verification;
using Npgsql;

namespace LlmPlatform.Audit.Tests.Verification;

/// <summary>What a superuser does to the trail behind the triggers' back, and what verification says of it.</summary>
public sealed class ChainVerificationTests
{
    private const int Length = 12;

    [Theory]
    [InlineData("UPDATE audit.record SET record_id = gen_random_uuid() WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET kind = 'admin_change' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET occurred_at = occurred_at + '1 us' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET recorded_at = recorded_at + '1 us' WHERE sequence = 1", 1, "Altered")]
    [InlineData("UPDATE audit.record SET tenant = 'acmf' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET tenant = NULL WHERE sequence = 12", 12, "Altered")]
    [InlineData("UPDATE audit.record SET key_id = '' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET actor = 'bob' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET action = 'x' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET resource = 'x' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET status = 201 WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET error_code = 'x' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET model = 'x' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET provider = 'x' WHERE sequence = 5", 5, "Altered")]
    [InlineData("UPDATE audit.record SET content = set_byte(content, 40, 0) WHERE sequence = 7", 7, "Altered")]
    [InlineData("UPDATE audit.record SET content = content || ' ' WHERE sequence = 7", 7, "Altered")]
    [InlineData("UPDATE audit.record SET previous_hash = '\\x00' WHERE sequence = 7", 7, "Altered")]
    [InlineData("UPDATE audit.record SET hash = set_byte(hash, 31, 1) WHERE sequence = 7", 7, "Altered")]
    [InlineData("UPDATE audit.record SET sequence = 100 WHERE sequence = 7", 7, "Gap")]
    [InlineData("UPDATE audit.record SET sequence = 13 WHERE sequence = 12", 12, "Gap")]
    [InlineData("DELETE FROM audit.record WHERE sequence = 1", 1, "Gap")]
    [InlineData("DELETE FROM audit.record WHERE sequence = 6", 6, "Gap")]
    [InlineData("DELETE FROM audit.record WHERE sequence = 12", 12, "Gap")]
    [InlineData("DELETE FROM audit.record WHERE sequence > 3", 4, "Gap")]
    [InlineData("DELETE FROM audit.record", 1, "Gap")]
    [InlineData("DELETE FROM audit.record WHERE sequence = 6; "
        + "UPDATE audit.record SET sequence = -sequence WHERE sequence > 6; "
        + "UPDATE audit.record SET sequence = -sequence - 1 WHERE sequence < 0", 6, "Reordered")]
    [InlineData("UPDATE audit.record SET sequence = 0 WHERE sequence = 5; "
        + "UPDATE audit.record SET sequence = 5 WHERE sequence = 6; "
        + "UPDATE audit.record SET sequence = 6 WHERE sequence = 0", 5, "Reordered")]
    [InlineData("INSERT INTO audit.record SELECT 13, gen_random_uuid(), kind, occurred_at, recorded_at, tenant, "
        + "key_id, actor, action, resource, status, error_code, model, provider, content, hash, hash "
        + "FROM audit.record WHERE sequence = 12", 13, "Altered")]
    [InlineData("UPDATE audit.head SET hash = set_byte(hash, 0, 0)", 12, "Altered")]
    [InlineData("UPDATE audit.head SET sequence = 11", 12, "Altered")]
    public async Task What_was_done_is_found_where_it_was_done(string tampering, long sequence, string kind)
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await AuditReplica.StartAsync(postgres);
        await replica.AppendAsync(Events.Requests(Length));
        Assert.True((await replica.VerifyAsync()).Ok);

        await TamperAsync(postgres, tampering);

        var verified = await replica.VerifyAsync();
        Assert.False(verified.Ok);
        Assert.Equal((sequence, Enum.Parse<ChainFaultKind>(kind)), (verified.Fault!.Sequence, verified.Fault.Kind));
    }

    [Fact]
    public async Task A_stretch_is_verified_against_the_record_before_it()
    {
        var postgres = await AuditReplica.CreateDatabaseAsync();
        await using var replica = await AuditReplica.StartAsync(postgres);
        await replica.AppendAsync(Events.Requests(Length));
        await TamperAsync(postgres, "UPDATE audit.record SET status = 201 WHERE sequence = 3");

        Assert.Equal((true, 2), Summary(await replica.VerifyAsync(1, 2)));
        Assert.Equal((true, 9), Summary(await replica.VerifyAsync(4)));
        Assert.Equal((true, 5), Summary(await replica.VerifyAsync(4, 8)));
        Assert.Equal((false, 0), Summary(await replica.VerifyAsync(3, 8)));
        Assert.Equal((true, 0), Summary(await replica.VerifyAsync(Length + 1)));
        Assert.Equal((false, 0), Summary(await replica.VerifyAsync(Length + 2)));
        Assert.Equal((true, 1), Summary(await replica.VerifyAsync(Length, Length + 50)));
    }

    [Fact]
    public async Task An_empty_chain_holds()
    {
        await using var replica = await AuditReplica.StartAsync(await AuditReplica.CreateDatabaseAsync());

        Assert.Equal((true, 0), Summary(await replica.VerifyAsync()));
    }

    private static (bool Ok, long Count) Summary(VerifyResponse verified) => (verified.Ok, verified.Count);

    private static async Task TamperAsync(string postgres, string statements)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SET session_replication_role = replica; {statements}; RESET session_replication_role";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
