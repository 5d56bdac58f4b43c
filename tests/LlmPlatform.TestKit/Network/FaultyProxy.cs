using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.TestKit.Network;

/// <summary>
/// A loopback port before a server: it passes bytes on, until it is told to cut every connection, to slow what passes,
/// to let nothing pass, or to turn callers away.
/// </summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Link, bool> _links = new();
    private volatile int _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _hanging;
    private long _delayTicks;
    private volatile bool _isRefusing;

    /// <param name="target">The server's port, on loopback; nobody need be there yet.</param>
    public FaultyProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>
    /// The server's port. Whoever connects from now on meets another one there, as after a failover; connections that
    /// are there stay.
    /// </summary>
    public int Target
    {
        get => _target;
        set => _target = value;
    }

    /// <summary>How long every piece waits before it is passed on, in both directions; zero: not at all.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>New connections are closed as soon as they are made.</summary>
    public bool IsRefusing
    {
        get => _isRefusing;
        set => _isRefusing = value;
    }

    /// <summary>Breaks every connection, as a firewall that forgot them does: with a reset, in mid sentence.</summary>
    /// <returns>How many there were.</returns>
    public int Cut()
    {
        var cut = 0;
        foreach (var link in _links.Keys)
        {
            link.Reset();
            cut++;
        }

        return cut;
    }

    /// <summary>From now on nothing passes, and nobody is told: a network that lost its way.</summary>
    public void Hang() => _hanging ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes everything on again, what was held back first.</summary>
    public void Heal()
    {
        Delay = TimeSpan.Zero;
        IsRefusing = false;
        Interlocked.Exchange(ref _hanging, null)?.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        // The accepting ends by the token alone: a listener stopped under it would answer the next round with a throw.
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        Heal();
        Cut();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                _ = ServeAsync(new Link(client, new Socket(SocketType.Stream, ProtocolType.Tcp)));
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                // A caller that left before it was taken in, or the end.
            }
        }
    }

    private async Task ServeAsync(Link link)
    {
        _links[link] = true;
        try
        {
            if (!IsRefusing)
            {
                await link.Server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                link.Client.NoDelay = link.Server.NoDelay = true;
                // One direction that ends takes the other with it: no client of ours half-closes.
                await await Task.WhenAny(PassAsync(link.Client, link.Server), PassAsync(link.Server, link.Client));
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or the server is not there.
        }
        finally
        {
            _links.TryRemove(link, out _);
            link.Reset();
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[BufferBytes];
        while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var read)
        {
            if (_hanging is { } hanging)
                await hanging.Task;
            if (Delay > TimeSpan.Zero)
                await Task.Delay(Delay, _end.Token);
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _end.Token);
        }
    }

    private sealed record Link(Socket Client, Socket Server)
    {
        public void Reset()
        {
            foreach (var socket in new[] { Client, Server })
            {
                // With nothing to linger for, closing sends a reset.
                socket.Close(0);
            }
        }
    }
}
