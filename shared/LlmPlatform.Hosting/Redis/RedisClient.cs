using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// A client for Redis whose commands from many callers share a connection. Safe for use by many threads. It connects
/// in the background from construction on, and again whenever a connection breaks. No call waits for that: while there
/// is no connection, commands fail at once with <see cref="RedisUnavailableException"/>.
/// <para>
/// An error reply is thrown as <see cref="RedisServerException"/>. Cancelling releases the caller, not the server: the
/// command may still be carried out. A returned task must be awaited, once. Commands that block the connection (BLPOP,
/// SUBSCRIBE, MONITOR) or span calls on it (MULTI, WATCH) have no place here; a script does what they would.
/// </para>
/// </summary>
public sealed class RedisClient : IAsyncDisposable
{
    private const int CommandLengthMax = 40;

    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly RedisEndpoint _endpoint;
    private readonly RedisMetrics _metrics;
    private readonly RedisLane[] _lanes;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _running;
    private uint _turn;
    private int _disposed;

    /// <param name="options">Where Redis is, and the limits.</param>
    /// <param name="time">The clock of all waits; the system's by default.</param>
    /// <param name="logger">Told of connections made and lost.</param>
    /// <param name="meters">Makes the meter <c>LlmPlatform.Redis</c>; without it the meter belongs to no host.</param>
    /// <exception cref="FormatException">The connection string is wrong; the message names the part.</exception>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public RedisClient(
        RedisOptions options,
        TimeProvider? time = null,
        ILogger<RedisClient>? logger = null,
        IMeterFactory? meters = null)
    {
        _endpoint = options.Validated();
        _options = options;
        _time = time ?? TimeProvider.System;
        _metrics = new RedisMetrics(meters);
        _lanes = new RedisLane[options.Connections];
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = new RedisLane(_endpoint, options, _time, _metrics, logger ?? NullLogger<RedisClient>.Instance);
        _metrics.Observe(_lanes);

        // The connections outlive the call, or request, that happens to make the client.
        using (ExecutionContext.SuppressFlow())
            _running = Task.WhenAll(_lanes.Select(lane => Task.Run(() => lane.RunAsync(_closing.Token))));
    }

    /// <summary>Whether a connection is up.</summary>
    public bool IsConnected => _lanes.Any(lane => lane.Current is not null);

    /// <summary>
    /// Whether anything has come from the server since, by a connection that is up: a late reply is a sign of life,
    /// too.
    /// </summary>
    /// <param name="timestamp">Of the clock this client was given.</param>
    public bool HasHeardSince(long timestamp)
    {
        foreach (var lane in _lanes)
            if (lane.Current is { } connection && connection.HeardAt > timestamp)
                return true;
        return false;
    }

    /// <summary>Waits until a connection is up.</summary>
    public async Task WaitUntilConnectedAsync(CancellationToken cancellationToken)
    {
        var anyUp = await Task.WhenAny(_lanes.Select(lane => lane.Up)).WaitAsync(cancellationToken);
        await anyUp;
    }

    /// <summary>Runs a command, waiting at most <see cref="RedisOptions.CommandTimeout"/>.</summary>
    /// <param name="command">One word, such as <c>GET</c>; the second of <c>SCRIPT FLUSH</c> is an argument.</param>
    /// <param name="arguments">Keys and arguments in order.</param>
    /// <param name="cancellationToken">Releases the caller; the command may still be carried out.</param>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    public ValueTask<RedisReply> ExecuteAsync(
        string command, ReadOnlySpan<string> arguments, CancellationToken cancellationToken = default)
    {
        // Nothing is sent twice, and sending copies: the arguments are free again before the reply comes.
        using var written = RedisArguments.Rent();
        foreach (var argument in arguments)
            written.Argument(argument);
        return ExecuteAsync(command, written, null, cancellationToken);
    }

    /// <summary>Runs a command.</summary>
    /// <param name="command">One word, such as <c>GET</c>.</param>
    /// <param name="arguments">Keys and arguments in order.</param>
    /// <param name="timeout">How long to wait; <see cref="RedisOptions.CommandTimeout"/> by default.</param>
    /// <param name="cancellationToken">Releases the caller; the command may still be carried out.</param>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    /// <exception cref="RedisServerException">The server answered with an error.</exception>
    public ValueTask<RedisReply> ExecuteAsync(
        string command,
        RedisArguments arguments,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        Span<byte> head = stackalloc byte[CommandLengthMax + 8];
        if (command.Length is 0 or > CommandLengthMax
            || !Utf8.TryWrite(head, $"${command.Length}\r\n{command}\r\n", out var length))
            throw new ArgumentException(
                $"A command is one word of at most {CommandLengthMax} letters.", nameof(command));

        _metrics.Commanded();
        var request = new RedisRequest(head[..length], 1, arguments.Written, arguments.Count);
        return Send(request, timeout ?? _options.CommandTimeout, throwsErrors: true, cancellationToken);
    }

    /// <summary>Runs a script, waiting at most <see cref="RedisOptions.CommandTimeout"/>.</summary>
    /// <inheritdoc cref="EvaluateAsync(RedisScript, RedisArguments, TimeSpan?, CancellationToken)"/>
    public ValueTask<RedisReply> EvaluateAsync(
        RedisScript script,
        ReadOnlySpan<string> keys,
        ReadOnlySpan<string> arguments,
        CancellationToken cancellationToken = default)
    {
        var written = RedisArguments.Rent();
        foreach (var key in keys)
            written.Key(key);
        foreach (var argument in arguments)
            written.Argument(argument);
        return EvaluateAndReturnAsync(script, written, cancellationToken);
    }

    /// <summary>
    /// Runs a script: with its source until a connection's server has answered it once, and by its SHA-1 from then on.
    /// A server that is new, or was emptied, has every script from the first call that reaches it, even from callers
    /// that no longer wait for its answer.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">Keys, then arguments; not to be changed or disposed before the reply.</param>
    /// <param name="timeout">How long to wait in all; <see cref="RedisOptions.CommandTimeout"/> by default.</param>
    /// <param name="cancellationToken">Releases the caller; the script may still run.</param>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    /// <exception cref="RedisServerException">The server or the script answered with an error.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisReply> EvaluateAsync(
        RedisScript script,
        RedisArguments arguments,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        _metrics.Commanded();
        var wait = timeout ?? _options.CommandTimeout;
        var started = _time.GetTimestamp();
        var connection = Connection() ?? throw NotConnected();
        var reply = await Ask(connection, script, arguments, withSource: false, wait, cancellationToken)
            .ConfigureAwait(false);
        if (reply.IsMissingScript)
        {
            wait -= _time.GetElapsedTime(started);
            reply = await Ask(connection, script, arguments, withSource: true, wait, cancellationToken)
                .ConfigureAwait(false);
        }
        reply.ThrowIfError();
        return reply;
    }

    /// <summary>
    /// As <see cref="EvaluateAsync(RedisScript, RedisArguments, TimeSpan?, CancellationToken)"/>, for who asks often
    /// and may ask twice: an error of the server is given back as a reply, and a server that was emptied answers that
    /// it has no such script (<see cref="RedisReply.IsMissingScript"/>).
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">Keys, then arguments; not to be changed or disposed before the reply.</param>
    /// <param name="withSource">Whether the source is sent along even where the server should have it.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Releases the caller; the script may still run.</param>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    public ValueTask<RedisReply> AskAsync(
        RedisScript script,
        RedisArguments arguments,
        bool withSource,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        _metrics.Commanded();
        return Connection() is { } connection
            ? Ask(connection, script, arguments, withSource, timeout, cancellationToken)
            : ValueTask.FromException<RedisReply>(NotConnected());
    }

    /// <summary>Asks the server for a sign of life and returns how long it took.</summary>
    /// <exception cref="RedisUnavailableException">There was no answer.</exception>
    public async ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        var started = _time.GetTimestamp();
        await ExecuteAsync("PING", [], cancellationToken).ConfigureAwait(false);
        return _time.GetElapsedTime(started);
    }

    /// <summary>Closes the connections. Commands in flight fail with an unknown outcome.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _closing.Dispose();
        _metrics.Dispose();
    }

    private async ValueTask<RedisReply> EvaluateAndReturnAsync(
        RedisScript script, RedisArguments arguments, CancellationToken cancellationToken)
    {
        using (arguments)
            return await EvaluateAsync(script, arguments, null, cancellationToken).ConfigureAwait(false);
    }

    // A connection takes note of the script that a reply was to: its server has it from then on.
    private static ValueTask<RedisReply> Ask(
        RedisConnection connection,
        RedisScript script,
        RedisArguments arguments,
        bool withSource,
        TimeSpan wait,
        CancellationToken cancellationToken)
    {
        var isKnown = !withSource && connection.Knows(script);
        var head = isKnown ? script.CallHead : script.LoadHead;
        var request = new RedisRequest(head, 2, arguments.Written, arguments.Count)
        {
            KeyCount = arguments.KeyCount,
            Taught = isKnown ? null : script,
        };
        return connection.Send(request, wait, throwsErrors: false, cancellationToken);
    }

    private ValueTask<RedisReply> Send(
        in RedisRequest request, TimeSpan timeout, bool throwsErrors, CancellationToken cancellationToken) =>
        Connection() is { } connection
            ? connection.Send(request, timeout, throwsErrors, cancellationToken)
            : ValueTask.FromException<RedisReply>(NotConnected());

    // Each in turn, but for those that are down.
    private RedisConnection? Connection()
    {
        var turn = _lanes.Length == 1 ? 0 : Interlocked.Increment(ref _turn);
        for (uint i = 0; i < _lanes.Length; i++)
            if (_lanes[(turn + i) % (uint)_lanes.Length].Current is { } connection)
                return connection;
        return null;
    }

    private RedisUnavailableException NotConnected()
    {
        _metrics.Failed(RedisUnavailableReason.NotConnected);
        return new RedisUnavailableException(
            RedisUnavailableReason.NotConnected,
            sent: false,
            $"Redis at {_endpoint} is not connected: {_lanes[0].Fault}.");
    }
}
