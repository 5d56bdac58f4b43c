using LlmPlatform.Hosting.Redis;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Quota.Tests;

/// <summary>A redis-server of a test class's own, and ledgers on it.</summary>
public sealed class QuotaRedis : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _open = [];
    private PrivateServers? _server;
    private RedisClient? _client;

    public PrivateServers Server => _server!;

    public RedisClient Client => _client!;

    /// <summary>With waits that a busy machine does not exceed.</summary>
    public static HoldOptions Patient { get; } = new()
    {
        ReserveTimeout = TimeSpan.FromSeconds(10),
        ReserveDeadline = TimeSpan.FromSeconds(10),
    };

    public HoldLedger NewLedger(HoldOptions? options = null, TimeProvider? clock = null)
    {
        var ledger = new HoldLedger(Client, options ?? Patient, clock);
        _open.Add(ledger);
        return ledger;
    }

    public async Task<DateTimeOffset> NowAsync()
    {
        var time = await CommandAsync("TIME");
        return DateTimeOffset.FromUnixTimeMilliseconds(
            (time.Items[0].AsInt64() * 1000) + (time.Items[1].AsInt64() / 1000));
    }

    public async Task<RedisReply> CommandAsync(string command, params string[] arguments) =>
        await Client.ExecuteAsync(command, arguments, TestContext.Current.CancellationToken);

    /// <summary>Redis takes no writes from here on.</summary>
    public Task PauseWritesAsync() => PauseWritesAsync(Server);

    /// <summary>The same of any server.</summary>
    public static Task PauseWritesAsync(PrivateServers server) => TellAsync(server, "PAUSE", "60000", "WRITE");

    /// <summary>It takes them again, those that waited first.</summary>
    public Task GoOnAsync() => GoOnAsync(Server);

    /// <inheritdoc cref="GoOnAsync()"/>
    public static Task GoOnAsync(PrivateServers server) => TellAsync(server, "UNPAUSE");

    /// <summary>Lets a request's lease run out now.</summary>
    public async Task EndLeaseAsync(Guid requestId) =>
        await CommandAsync("ZADD", "leases:{q}", "XX", "1", requestId.ToString("N"));

    // By a connection of its own: what follows a write that waits is not read.
    private static async Task TellAsync(PrivateServers server, params string[] arguments)
    {
        await using var client = new RedisClient(
            new RedisOptions { ConnectionString = server.Redis, CommandTimeout = TimeSpan.FromMinutes(1) });
        await client.WaitUntilConnectedAsync(TestContext.Current.CancellationToken);
        await client.ExecuteAsync("CLIENT", arguments, TestContext.Current.CancellationToken);
    }

    public async ValueTask InitializeAsync()
    {
        _server = await TestServers.StartRedisAsync();
        _client = new RedisClient(new RedisOptions
        {
            ConnectionString = _server.Redis,
            CommandTimeout = TimeSpan.FromMinutes(1),
            StallTimeout = TimeSpan.FromMinutes(1),
        });
        await _client.WaitUntilConnectedAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ledger in _open)
            await ledger.DisposeAsync();
        if (_client is not null)
            await _client.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
