using System.Globalization;
using LlmPlatform.TestKit.Network;
using LlmPlatform.TestKit.Servers;
using Npgsql;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>
/// The servers one platform stands on: a database, virtual host and Redis of its own, or a broker that may be stopped.
/// </summary>
public sealed class PlatformServers : IAsyncDisposable
{
    private readonly PrivateServers _redis;

    private PlatformServers(PrivateServers redis)
    {
        _redis = redis;
        Redis = redis.Redis;
    }

    public required string Postgres { get; init; }

    public required string RabbitMq { get; init; }

    public required ClickHouseDatabase ClickHouse { get; init; }

    public string Redis { get; private init; }

    /// <summary>The server that Redis is, without what may stand before it.</summary>
    public PrivateServers RedisServer => _redis;

    /// <summary>Set when the broker is this platform's alone.</summary>
    public PrivateServers? OwnBroker { get; private init; }

    /// <summary>Set when every server is this platform's alone.</summary>
    public PrivateServers? Own { get; private init; }

    /// <summary>What stands before each server; empty when the platform speaks to them directly.</summary>
    public IReadOnlyDictionary<RealServer, FaultyProxy> Proxies { get; private init; } =
        new Dictionary<RealServer, FaultyProxy>();

    /// <summary>Parts of the servers that all tests share.</summary>
    public static async Task<PlatformServers> SharedAsync()
    {
        var shared = await TestServers.SharedAsync();
        return new PlatformServers(await TestServers.StartRedisAsync())
        {
            Postgres = await shared.CreateDatabaseAsync(),
            RabbitMq = await shared.CreateVirtualHostAsync(),
            ClickHouse = await shared.CreateClickHouseDatabaseAsync(),
        };
    }

    /// <summary>
    /// The same, and before Redis a proxy that can slow what is said to it, and lead to another one.
    /// </summary>
    public static async Task<PlatformServers> WithRedisBehindProxyAsync()
    {
        var shared = await TestServers.SharedAsync();
        var redis = await TestServers.StartRedisAsync();
        var proxy = new FaultyProxy(PortOf(redis));
        return new PlatformServers(redis)
        {
            Postgres = await shared.CreateDatabaseAsync(),
            RabbitMq = await shared.CreateVirtualHostAsync(),
            ClickHouse = await shared.CreateClickHouseDatabaseAsync(),
            Redis = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port}"),
            Proxies = new Dictionary<RealServer, FaultyProxy> { [RealServer.Redis] = proxy },
        };
    }

    /// <summary>The same, with a durable broker that a scenario may stop.</summary>
    public static async Task<PlatformServers> WithOwnBrokerAsync()
    {
        var shared = await TestServers.SharedAsync();
        var broker = await PrivateServers.StartAsync(RealServer.RabbitMq);
        return new PlatformServers(await TestServers.StartRedisAsync())
        {
            Postgres = await shared.CreateDatabaseAsync(),
            RabbitMq = broker.RabbitMq,
            ClickHouse = await shared.CreateClickHouseDatabaseAsync(),
            OwnBroker = broker,
        };
    }

    /// <summary>Four durable servers of its own, any of which may be killed.</summary>
    public static async Task<PlatformServers> OwnAsync()
    {
        var own = await PrivateServers.StartAsync();
        return new PlatformServers(own)
        {
            Postgres = own.Postgres,
            RabbitMq = own.RabbitMq,
            ClickHouse = new ClickHouseDatabase(own.ClickHouse, "default"),
            Own = own,
        };
    }

    /// <summary>The same, and before each a proxy that can cut, slow and hold back what is said to it.</summary>
    public static async Task<PlatformServers> BehindProxiesAsync()
    {
        var own = await PrivateServers.StartAsync();
        var postgres = new NpgsqlConnectionStringBuilder(own.Postgres);
        var (rabbitMq, clickHouse) = (new UriBuilder(own.RabbitMq), new UriBuilder(own.ClickHouse));
        var proxies = new Dictionary<RealServer, FaultyProxy>
        {
            [RealServer.Postgres] = new(postgres.Port),
            [RealServer.RabbitMq] = new(rabbitMq.Port),
            [RealServer.Redis] = new(PortOf(own)),
            [RealServer.ClickHouse] = new(clickHouse.Port),
        };
        (postgres.Port, rabbitMq.Port, clickHouse.Port) = (
            proxies[RealServer.Postgres].Port, proxies[RealServer.RabbitMq].Port, proxies[RealServer.ClickHouse].Port);
        return new PlatformServers(own)
        {
            Postgres = postgres.ConnectionString,
            RabbitMq = rabbitMq.Uri.ToString(),
            ClickHouse = new ClickHouseDatabase(clickHouse.Uri.ToString().TrimEnd('/'), "default"),
            Redis = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxies[RealServer.Redis].Port}"),
            Own = own,
            Proxies = proxies,
        };
    }

    /// <summary>Where a server's Redis listens.</summary>
    public static int PortOf(PrivateServers redis) =>
        int.Parse(redis.Redis.Split(':', ',')[1], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Proxies.Values)
            await proxy.DisposeAsync();
        await _redis.DisposeAsync();
        if (OwnBroker is not null)
            await OwnBroker.DisposeAsync();
    }
}
