using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Redis;

/// <summary>Keeps one connection up: opens it, waits until it breaks, opens the next, and never makes a caller wait.</summary>
internal sealed partial class RedisLane(
    RedisEndpoint endpoint, RedisOptions options, TimeProvider time, RedisMetrics metrics, ILogger logger)
{
    private const string DefaultClientName = "llm-platform";

    private volatile RedisConnection? _current;
    private volatile string _fault = "no connection has been made yet";
    private volatile TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The connection that is up, or null.</summary>
    internal RedisConnection? Current => _current;

    /// <summary>Why there is no connection, in words without secrets.</summary>
    internal string Fault => _fault;

    /// <summary>Completes when a connection is up.</summary>
    internal Task Up => _up.Task;

    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var attempt = 0;
        var everUp = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await OpenAsync(cancellationToken);
                if (everUp)
                    metrics.Reconnected();
                everUp = true;
                attempt = 0;
                LogConnected(endpoint);
                _current = connection;
                _up.TrySetResult();
                var cause = await connection.Broken.WaitAsync(cancellationToken);
                TakeDown(cause.Message);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            // The loop must outlive whatever connecting meets: names, sockets, certificates, files, passwords.
            catch (Exception exception)
            {
                TakeDown(exception.Message);
            }

            attempt++;
            await Task.Delay(Delay(attempt), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _current = null;
        _fault = "the client is closed";
    }

    private void TakeDown(string fault)
    {
        if (_current is not null)
            _up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _current = null;
        if (fault == _fault)
            return;

        // Said once for each new reason, however many attempts meet it.
        _fault = fault;
        LogUnavailable(endpoint, fault);
    }

    // Doubles from the least to the longest wait; the jitter keeps instances from coming back all at once.
    private TimeSpan Delay(int attempt)
    {
        var ceiling = Math.Min(
            options.ReconnectDelayMax.TotalMilliseconds,
            options.ReconnectDelayMin.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30)));
        var jitter = RandomNumberGenerator.GetInt32(500, 1_001) / 1_000d;
        return TimeSpan.FromMilliseconds(ceiling * jitter);
    }

    private async Task<RedisConnection> OpenAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        RedisConnection? connection = null;
        try
        {
            connection = new RedisConnection(await DialAsync(either.Token), options, time, metrics);
            _ = connection.ReadAsync();
            await GreetAsync(connection, either.Token);
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            if (deadline.IsCancellationRequested && exception is OperationCanceledException)
                throw new TimeoutException($"Redis did not greet within {options.ConnectTimeout.TotalSeconds} s");
            throw;
        }
    }

    private async Task<Stream> DialAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return endpoint.UseTls ? await SecureAsync(stream, cancellationToken) : stream;
    }

    private async Task<Stream> SecureAsync(Stream stream, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = endpoint.TlsHost ?? endpoint.Host,
                    CertificateChainPolicy = Authorities(options.TlsAuthorityFile),
                },
                cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    // Read at every connection, so that a renewed file is taken up without a restart.
    private static X509ChainPolicy? Authorities(string? file)
    {
        if (file is null)
            return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }

    private async Task GreetAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        if (endpoint.Password is { } password)
        {
            string[] credentials = endpoint.User is { } user ? [user, password] : [password];
            var reply = await SayAsync(connection, "AUTH", credentials, cancellationToken);
            // Only the code is passed on: a server that does not know AUTH repeats the password in its error.
            if (reply.Kind == RedisReplyKind.Error)
                throw new AuthenticationException($"Redis refused the credentials ({reply.ToException().Code})");
        }
        if (endpoint.Database != 0)
            Require(
                await SayAsync(connection, "SELECT", [$"{endpoint.Database}"], cancellationToken),
                $"Redis refused database {endpoint.Database}");

        // Managed servers may forbid the name, which serves people reading CLIENT LIST only.
        await SayAsync(connection, "CLIENT", ["SETNAME", endpoint.ClientName ?? DefaultClientName], cancellationToken);

        // Refused while the server still loads its data, or wants a password it was not given.
        Require(await SayAsync(connection, "PING", [], cancellationToken), "Redis refused PING");
    }

    private static void Require(in RedisReply reply, string otherwise)
    {
        if (reply.Kind == RedisReplyKind.Error)
            throw new InvalidOperationException($"{otherwise} ({reply.ToException().Code})");
    }

    private ValueTask<RedisReply> SayAsync(
        RedisConnection connection, string command, string[] words, CancellationToken cancellationToken)
    {
        var head = new RespBuffer(64);
        head.Bulk(command);
        foreach (var word in words)
            head.Bulk(word);
        var request = new RedisRequest(head.Written, words.Length + 1, default, 0);
        return connection.Send(request, options.ConnectTimeout, throwsErrors: false, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to Redis at {Endpoint}")]
    private partial void LogConnected(RedisEndpoint endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis at {Endpoint} is not connected: {Fault}; trying again")]
    private partial void LogUnavailable(RedisEndpoint endpoint, string fault);
}
