using System.Security.Cryptography;
using Npgsql;

namespace LlmPlatform.TestKit.Servers;

/// <summary>
/// The real servers that all tests of a run share. Each test class takes a database, virtual host or Redis of its own,
/// so tests do not meet. The set is that of <c>LLM_PLATFORM_SERVERS</c> (a directory of <c>scripts/servers.sh
/// start</c>; test.sh sets it), else one started for this process, with servers named in the environment taken as they
/// are.
/// </summary>
public sealed class TestServers
{
    private const string DirectoryVariable = "LLM_PLATFORM_SERVERS";

    // A busy machine takes its time to answer.
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private static readonly Lazy<Task<TestServers>> _shared = new(FindOrStartAsync);
    private static readonly HttpClient _http = new() { Timeout = _patience };

    private readonly string _directory;
    private readonly ServerAddresses _addresses;

    private TestServers(string directory, ServerAddresses addresses)
    {
        _directory = directory;
        _addresses = addresses;
    }

    /// <summary>The servers of this process; started at the first call, which takes about six seconds then.</summary>
    public static Task<TestServers> SharedAsync() => _shared.Value;

    /// <summary>Creates an empty PostgreSQL database.</summary>
    /// <returns>Its Npgsql connection string, with a pool small enough for many test classes at once.</returns>
    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var name = NewName();
        var patient = new NpgsqlConnectionStringBuilder(_addresses[RealServer.Postgres])
        {
            Timeout = (int)_patience.TotalSeconds,
            CommandTimeout = (int)_patience.TotalSeconds,
        };
        await using var connection = new NpgsqlConnection(patient.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync(cancellationToken);
        return new NpgsqlConnectionStringBuilder(patient.ConnectionString)
        {
            Database = name,
            MaxPoolSize = 20,
            ConnectionIdleLifetime = 5,
            ConnectionPruningInterval = 2,
        }.ConnectionString;
    }

    /// <summary>Creates an empty RabbitMQ virtual host (about 50 ms).</summary>
    /// <returns>Its <c>amqp://</c> address.</returns>
    public async Task<string> CreateVirtualHostAsync()
    {
        var name = NewName();
        await ServersScript.RunAsync(["vhosts", _directory, name]);
        return _addresses[RealServer.RabbitMq].TrimEnd('/') + "/" + name;
    }

    /// <summary>Starts an empty redis-server (about 0.2 s); dispose it with the fixture.</summary>
    /// <returns>A set whose <see cref="PrivateServers.Redis"/> is the address.</returns>
    public static Task<PrivateServers> StartRedisAsync() => PrivateServers.StartEphemeralAsync(RealServer.Redis);

    /// <summary>Creates an empty ClickHouse database.</summary>
    public async Task<ClickHouseDatabase> CreateClickHouseDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var database = new ClickHouseDatabase(_addresses[RealServer.ClickHouse], NewName());
        using var statement = new StringContent($"CREATE DATABASE {database.Name}");
        using var response = await _http.PostAsync(new Uri(database.BaseUrl), statement, cancellationToken);
        response.EnsureSuccessStatusCode();
        return database;
    }

    private static async Task<TestServers> FindOrStartAsync()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        if (string.IsNullOrEmpty(directory))
        {
            directory = ServersScript.NewDirectory();
            await ServersScript.StartAsync(directory, [], ownOnly: false, durable: false);
        }

        return new TestServers(directory, await ServerAddresses.ReadAsync(directory, CancellationToken.None));
    }

    private static string NewName() => $"t{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
}
