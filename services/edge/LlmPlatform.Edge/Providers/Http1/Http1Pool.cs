using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>The connections to one origin: the one used last is used next, and what is not used is closed.</summary>
internal sealed class Http1Pool : IDisposable
{
    private readonly UpstreamOptions _options;
    private readonly TimeProvider _clock;
    private readonly RemoteCertificateValidationCallback? _trust;
    private readonly Lock _gate = new();
    private readonly List<Http1Connection> _idle = [];
    private readonly SemaphoreSlim _places;
    private readonly Sweep _sweep;
    private volatile Start? _start;
    private bool _isDisposed;

    public Http1Pool(
        Origin origin, UpstreamOptions options, TimeProvider clock, RemoteCertificateValidationCallback? trust)
    {
        (Origin, _options, _clock, _trust) = (origin, options, clock, trust);
        _places = new SemaphoreSlim(options.MaxConnectionsPerProvider);
        _sweep = new Sweep(this, options.ConnectionIdleTimeout / 4);
    }

    /// <summary>Where its connections lead to.</summary>
    public Origin Origin { get; }

    /// <summary>What answers said before, so that what they say again needs no new strings.</summary>
    public HeaderWords Words { get; } = new();

    /// <summary>What requests to an address begin with.</summary>
    public byte[] StartOf(Uri address)
    {
        if (_start is { } known && ReferenceEquals(known.Address, address))
        {
            return known.Bytes;
        }

        var made = new Start(address, RequestHead.StartOf(address));
        _start = made;
        return made.Bytes;
    }

    /// <summary>Sends a request; completes with the head of its answer.</summary>
    /// <exception cref="HttpRequestException">No connection could be made, or it broke.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or connecting took too long.</exception>
    public Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, RequestContent content, CancellationToken cancellationToken) =>
        _places.Wait(0, CancellationToken.None)
            ? SendInPlaceAsync(request, content, cancellationToken)
            : WaitAndSendAsync(request, content, cancellationToken);

    /// <summary>An exchange has ended.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="isReusable">Whether it stands ready for another one.</param>
    public void Return(Http1Connection connection, bool isReusable)
    {
        if (isReusable && !connection.IsOlderThan(_options.ConnectionLifetime))
        {
            lock (_gate)
            {
                if (!_isDisposed)
                {
                    connection.UnusedSince = _clock.GetTimestamp();
                    _idle.Add(connection);
                    connection = null!;
                }
            }
        }

        connection?.Dispose();
        _places.Release();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _sweep.Dispose();
        Http1Connection[] idle;
        lock (_gate)
        {
            _isDisposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        Array.ForEach(idle, connection => connection.Dispose());
    }

    private async Task<HttpResponseMessage> WaitAndSendAsync(
        HttpRequestMessage request, RequestContent content, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return await SendInPlaceAsync(request, content, cancellationToken);
    }

    private Task<HttpResponseMessage> SendInPlaceAsync(
        HttpRequestMessage request, RequestContent content, CancellationToken cancellationToken) =>
        TakeIdle() is { } idle
            ? idle.SendAsync(request, content, cancellationToken)
            : OpenAndSendAsync(request, content, cancellationToken);

    private async Task<HttpResponseMessage> OpenAndSendAsync(
        HttpRequestMessage request, RequestContent content, CancellationToken cancellationToken)
    {
        Http1Connection connection;
        try
        {
            connection = await OpenAsync(cancellationToken);
        }
        catch
        {
            _places.Release();
            throw;
        }

        return await connection.SendAsync(request, content, cancellationToken);
    }

    private async Task<Http1Connection> OpenAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_options.ConnectTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(Origin.Host, Origin.Port), either.Token);
            var secured = Origin.IsSecure ? await SecureAsync(socket, either.Token) : null;
            return new Http1Connection(this, socket, secured, _clock);
        }
        catch (Exception fault) when (fault is SocketException or IOException or System.Security.Authentication
            .AuthenticationException)
        {
            socket.Dispose();
            throw new HttpRequestException($"No connection to {Origin.Host}:{Origin.Port} could be made.", fault);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(Socket socket, CancellationToken cancellationToken)
    {
        var secured = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = Origin.Host,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = _trust,
            },
            cancellationToken);
        return secured;
    }

    // The one used last: the others grow old and are closed.
    private Http1Connection? TakeIdle()
    {
        while (true)
        {
            Http1Connection taken;
            lock (_gate)
            {
                if (_idle.Count == 0)
                {
                    return null;
                }

                taken = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }

            if (!taken.IsOlderThan(_options.ConnectionLifetime) && taken.IsStillOpen)
            {
                return taken;
            }

            taken.Dispose();
        }
    }

    private void CloseUnused()
    {
        var unused = new List<Http1Connection>();
        lock (_gate)
        {
            var kept = _idle.FindIndex(
                connection => _clock.GetElapsedTime(connection.UnusedSince) < _options.ConnectionIdleTimeout);
            kept = kept < 0 ? _idle.Count : kept;
            unused.AddRange(_idle.Take(kept));
            _idle.RemoveRange(0, kept);
        }

        unused.ForEach(connection => connection.Dispose());
    }

    private sealed record Start(Uri Address, byte[] Bytes);

    /// <summary>
    /// Closes what is unused from time to time. It does not keep the pool: one whose provider was replaced is the
    /// collector's when its last call has ended, and the timer then ends as well.
    /// </summary>
    private sealed class Sweep : IDisposable
    {
        private readonly WeakReference<Http1Pool> _pool;
        private readonly ITimer _timer;

        public Sweep(Http1Pool pool, TimeSpan interval)
        {
            _pool = new WeakReference<Http1Pool>(pool);

            // Nor may it keep the call that happened to make it.
            using (ExecutionContext.SuppressFlow())
            {
                _timer = pool._clock.CreateTimer(
                    static sweep => ((Sweep)sweep!).Run(), this, interval, interval);
            }
        }

        public void Dispose() => _timer.Dispose();

        private void Run()
        {
            if (_pool.TryGetTarget(out var pool))
            {
                pool.CloseUnused();
            }
            else
            {
                Dispose();
            }
        }
    }
}
