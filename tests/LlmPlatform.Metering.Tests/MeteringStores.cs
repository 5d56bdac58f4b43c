using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Metering.Tests;

/// <summary>A database, a virtual host and a Redis of one test alone.</summary>
internal sealed class MeteringStores : IAsyncDisposable
{
    private readonly PrivateServers _redis;

    private MeteringStores(string postgres, string rabbitMq, PrivateServers redis)
    {
        Postgres = postgres;
        RabbitMq = rabbitMq;
        _redis = redis;
    }

    public string Postgres { get; }

    public string RabbitMq { get; }

    public string Redis => _redis.Redis;

    public static async Task<MeteringStores> CreateAsync()
    {
        var shared = await TestServers.SharedAsync();
        return new MeteringStores(
            await shared.CreateDatabaseAsync(TestContext.Current.CancellationToken),
            await shared.CreateVirtualHostAsync(),
            await TestServers.StartRedisAsync());
    }

    public Task KillRedisAsync() => _redis.KillAsync(RealServer.Redis);

    public Task RestartRedisAsync() => _redis.RestartAsync(RealServer.Redis);

    public ValueTask DisposeAsync() => _redis.DisposeAsync();
}
