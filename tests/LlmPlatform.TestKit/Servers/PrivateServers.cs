namespace LlmPlatform.TestKit.Servers;

/// <summary>
/// Real servers that belong to one test alone: it may stop, kill and restart them. They keep their port and data over
/// a restart. They are gone after disposal, and also when the test process dies.
/// </summary>
public sealed class PrivateServers : IAsyncDisposable
{
    private readonly string _directory;
    private readonly bool _durable;
    private ServerAddresses _addresses;

    private PrivateServers(string directory, bool durable, ServerAddresses addresses)
    {
        _directory = directory;
        _durable = durable;
        _addresses = addresses;
    }

    /// <summary>Npgsql connection string of the database <c>llm_platform</c>.</summary>
    public string Postgres => _addresses[RealServer.Postgres];

    /// <summary><c>amqp://</c> address of the virtual host <c>/</c>.</summary>
    public string RabbitMq => _addresses[RealServer.RabbitMq];

    /// <summary><c>host:port</c>, as StackExchange.Redis reads it.</summary>
    public string Redis => _addresses[RealServer.Redis];

    /// <summary><c>http://host:port</c>.</summary>
    public string ClickHouse => _addresses[RealServer.ClickHouse];

    /// <summary>
    /// Starts the named servers; all four when none is named. Durable: what they acknowledged survives a kill.
    /// </summary>
    public static Task<PrivateServers> StartAsync(params RealServer[] servers) => StartAsync(durable: true, servers);

    /// <summary>Starts servers that trade durability for speed: for a test that never kills them.</summary>
    public static Task<PrivateServers> StartEphemeralAsync(params RealServer[] servers) =>
        StartAsync(durable: false, servers);

    /// <summary>The operating system's process of a running server: the broker's own VM, the postmaster.</summary>
    public int ProcessIdOf(RealServer server) => _addresses.ProcessIdOf(server);

    /// <summary>kill -9, children included.</summary>
    public Task KillAsync(RealServer server) =>
        ServersScript.RunAsync(["kill", _directory, ServerAddresses.NameOf(server)]);

    /// <summary>Stops gracefully.</summary>
    public Task StopAsync(RealServer server) =>
        ServersScript.RunAsync(["stop", _directory, ServerAddresses.NameOf(server)]);

    /// <summary>Starts again what was stopped or killed, on the same port and data.</summary>
    public async Task RestartAsync(RealServer server)
    {
        await ServersScript.RunAsync(["start", _directory, ServerAddresses.NameOf(server)], durable: _durable);
        _addresses = await ServerAddresses.ReadAsync(_directory, CancellationToken.None);
    }

    /// <summary>Runs rabbitmqctl against the broker.</summary>
    public Task RabbitMqCtlAsync(params string[] arguments) =>
        ServersScript.RunAsync(["rabbitmqctl", _directory, .. arguments]);

    /// <summary>Ends all and deletes their data.</summary>
    public async ValueTask DisposeAsync() => await ServersScript.RunAsync(["remove", _directory]);

    private static async Task<PrivateServers> StartAsync(bool durable, RealServer[] servers)
    {
        var directory = ServersScript.NewDirectory();
        await ServersScript.StartAsync(directory, servers, ownOnly: true, durable);
        var addresses = await ServerAddresses.ReadAsync(directory, CancellationToken.None);
        return new PrivateServers(directory, durable, addresses);
    }
}
