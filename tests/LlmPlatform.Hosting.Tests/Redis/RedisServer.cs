using System.Diagnostics;
using System.Globalization;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Hosting.Tests.Redis;

/// <summary>A redis-server of one test class, or of one test that kills it, and clients for it.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    /// <summary>How long a busy machine may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private PrivateServers? _servers;

    public string Address => _servers!.Redis;

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.InitializeAsync();
        return server;
    }

    public async ValueTask InitializeAsync() => _servers = await TestServers.StartRedisAsync();

    public async ValueTask DisposeAsync() => await _servers!.DisposeAsync();

    public Task<RedisClient> ConnectAsync() =>
        ConnectAsync(new RedisOptions { ConnectionString = Address, CommandTimeout = Patience });

    public static async Task<RedisClient> ConnectAsync(RedisOptions options)
    {
        var client = new RedisClient(options);
        await UntilConnectedAsync(client);
        return client;
    }

    public static Task UntilConnectedAsync(RedisClient client) =>
        client.WaitUntilConnectedAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);

    public Task KillAsync() => _servers!.KillAsync(RealServer.Redis);

    public Task RestartAsync() => _servers!.RestartAsync(RealServer.Redis);

    /// <summary>The server neither reads nor answers from here on, and its connections stay.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("-STOP");
        var state = $"/proc/{_servers!.ProcessIdOf(RealServer.Redis)}/stat";
        await UntilAsync(
            async () => (await File.ReadAllTextAsync(state)).Contains(") T ", StringComparison.Ordinal),
            "it stands still");
    }


    public Task ThawAsync() => SignalAsync("-CONT");

    public static Task UntilAsync(Func<Task<bool>> condition, string because) =>
        Eventually.UntilAsync(condition, Patience, because, TestContext.Current.CancellationToken);

    private async Task SignalAsync(string signal)
    {
        var pid = _servers!.ProcessIdOf(RealServer.Redis).ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [signal, pid]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
