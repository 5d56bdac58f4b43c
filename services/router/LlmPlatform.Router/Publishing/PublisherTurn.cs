using System.Data;
using LlmPlatform.Hosting;
using Npgsql;

namespace LlmPlatform.Router.Publishing;

/// <summary>
/// Whose turn it is: of all replicas one probes and publishes. The turn is an advisory lock of PostgreSQL, held by a
/// connection of its own, so that it ends with the process or its network and needs no clock.
/// </summary>
internal sealed class PublisherTurn(PlatformEnvironment environment) : IAsyncDisposable
{
    /// <summary>Advisory locks belong to the database, not to a schema: the number spells "router".</summary>
    private const long Lock = 0x726F75746572;

    /// <summary>The server gives a vanished holder up after about 11 s instead of the two hours of TCP.</summary>
    private const string NoticeDeadPeers =
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3";

    private NpgsqlConnection? _connection;
    private bool _held;

    /// <summary>Takes the turn if it is free, or makes sure that it is still held.</summary>
    /// <exception cref="NpgsqlException">The server does not answer: the turn is lost or about to be.</exception>
    public async Task<bool> HoldsAsync(CancellationToken cancellationToken)
    {
        if (_connection is not { State: ConnectionState.Open } connection)
            connection = await ReconnectAsync(cancellationToken);

        if (_held)
            await ExecuteAsync(connection, "SELECT 1", cancellationToken);
        else
            _held = await ExecuteAsync(connection, $"SELECT pg_try_advisory_lock({Lock})", cancellationToken) is true;
        return _held;
    }

    public async ValueTask DisposeAsync()
    {
        _held = false;
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private async Task<NpgsqlConnection> ReconnectAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();

        // Without a pool, closing the connection ends the session, and with it the lock.
        var settings = new NpgsqlConnectionStringBuilder(environment.Postgres)
        {
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 5,
        };
        _connection = new NpgsqlConnection(settings.ConnectionString);
        await _connection.OpenAsync(cancellationToken);
        await ExecuteAsync(_connection, NoticeDeadPeers, cancellationToken);
        return _connection;
    }

    private static async Task<object?> ExecuteAsync(
        NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
