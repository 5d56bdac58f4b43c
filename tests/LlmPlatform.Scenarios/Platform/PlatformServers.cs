using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>
/// The servers one platform stands on: a database, virtual host and Redis of its own, or a broker that may be stopped.
/// </summary>
public sealed class PlatformServers : IAsyncDisposable
{
    private readonly PrivateServers _redis;

    private PlatformServers(PrivateServers redis) => _redis = redis;

    public required string Postgres { get; init; }

    public required string RabbitMq { get; init; }

    public required ClickHouseDatabase ClickHouse { get; init; }

    public string Redis => _redis.Redis;

    /// <summary>Set when the broker is this platform's alone.</summary>
    public PrivateServers? OwnBroker { get; private init; }

    /// <summary>Set when every server is this platform's alone.</summary>
    public PrivateServers? Own { get; private init; }

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

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        if (OwnBroker is not null)
            await OwnBroker.DisposeAsync();
    }
}
