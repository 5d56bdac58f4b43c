using LlmPlatform.TestKit.Servers;
using Npgsql;

namespace LlmPlatform.TestKit.Tests.Servers;

public sealed class TestServersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_database_is_new_and_empty()
    {
        var servers = await TestServers.SharedAsync();
        var databases = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => servers.CreateDatabaseAsync(Token)));
        foreach (var database in databases)
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(
                "CREATE TABLE mine (id int); SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
            Assert.Equal(1L, await command.ExecuteScalarAsync(Token));
        }
    }

    [Fact]
    public async Task Each_virtual_host_has_an_address_of_its_own()
    {
        var servers = await TestServers.SharedAsync();
        var first = await servers.CreateVirtualHostAsync();
        var second = await servers.CreateVirtualHostAsync();
        Assert.NotEqual(first, second);
        Assert.Equal(2, new Uri(first).Segments.Length);
    }

    [Fact]
    public async Task A_clickhouse_database_takes_tables_and_rows()
    {
        var servers = await TestServers.SharedAsync();
        var database = await servers.CreateClickHouseDatabaseAsync(Token);
        using var http = new HttpClient();
        await QueryAsync($"CREATE TABLE {database.Name}.rows (id UInt64) ENGINE = MergeTree() ORDER BY id");
        await QueryAsync($"INSERT INTO {database.Name}.rows VALUES (7)");
        Assert.Equal("7\n", await QueryAsync($"SELECT id FROM {database.Name}.rows"));

        async Task<string> QueryAsync(string sql)
        {
            using var body = new StringContent(sql);
            using var response = await http.PostAsync(new Uri(database.BaseUrl), body, Token);
            return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Token);
        }
    }

    [Fact]
    public async Task A_killed_postgres_comes_back_on_the_same_port_with_what_it_acknowledged()
    {
        await using var servers = await PrivateServers.StartAsync(RealServer.Postgres);
        var (address, killed) = (servers.Postgres, servers.ProcessIdOf(RealServer.Postgres));
        await using var source = NpgsqlDataSource.Create(address);
        await using (var insert = source.CreateCommand("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)"))
            await insert.ExecuteNonQueryAsync(Token);

        await servers.KillAsync(RealServer.Postgres);
        Assert.False(File.Exists($"/proc/{killed}/cmdline")
            && (await File.ReadAllTextAsync($"/proc/{killed}/cmdline", Token)).Length > 0);
        await servers.RestartAsync(RealServer.Postgres);

        Assert.Equal(address, servers.Postgres);
        source.Clear();
        await using var count = source.CreateCommand("SELECT count(*) FROM kept");
        Assert.Equal(1L, await count.ExecuteScalarAsync(Token));
    }
}
