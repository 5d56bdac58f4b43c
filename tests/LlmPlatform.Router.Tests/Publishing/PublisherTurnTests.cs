using LlmPlatform.Router.Publishing;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using Npgsql;

namespace LlmPlatform.Router.Tests.Publishing;

public sealed class PublisherTurnTests : IAsyncLifetime
{
    private const string EndSessionsThatHoldIt =
        """
        SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks
        WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """;

    private string _postgres = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _postgres = await (await TestServers.SharedAsync()).CreateDatabaseAsync(Cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task One_replica_has_the_turn_until_it_leaves()
    {
        await using var first = Turn();
        await using var second = Turn();

        Assert.True(await first.HoldsAsync(Cancel));
        Assert.False(await second.HoldsAsync(Cancel));
        Assert.True(await first.HoldsAsync(Cancel));
        Assert.False(await second.HoldsAsync(Cancel));
        await first.DisposeAsync();

        // The server ends a session a moment after its client has gone.
        await Eventually.UntilAsync(
            () => second.HoldsAsync(Cancel), TimeSpan.FromSeconds(60), "the turn is free", Cancel);
        Assert.False(await first.HoldsAsync(Cancel));
    }

    [Fact]
    public async Task A_replica_cut_off_from_the_database_knows_that_its_turn_is_over()
    {
        await using var first = Turn();
        await using var second = Turn();
        Assert.True(await first.HoldsAsync(Cancel));

        await using (var connection = new NpgsqlConnection(_postgres))
        {
            await connection.OpenAsync(Cancel);
            await using var end = new NpgsqlCommand(EndSessionsThatHoldIt, connection);
            Assert.Equal(1L, await end.ExecuteScalarAsync(Cancel));
        }

        Assert.True(await second.HoldsAsync(Cancel));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => first.HoldsAsync(Cancel));
        Assert.False(await first.HoldsAsync(Cancel));
    }

    private PublisherTurn Turn() => new(RouterReplica.EnvironmentOf(_postgres));
}
