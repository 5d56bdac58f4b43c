using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench.Loads;

/// <summary>
/// One keep-alive connection to a contender. Where its request has an idempotency key, each call has another. Not
/// thread-safe.
/// </summary>
public sealed class LoadConnection : IDisposable
{
    private const int SerialDigits = 16;
    private static readonly byte[] SerialMark = "Idempotency-Key: bench-"u8.ToArray();
    private static long _calls = Stopwatch.GetTimestamp();

    private readonly Uri _target;
    private readonly byte[] _request;
    private readonly int _serialAt;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private Socket? _socket;
    private HttpAnswer _answer;

    public LoadConnection(Uri target, byte[] request)
    {
        _target = target;
        var mark = request.AsSpan().IndexOf(SerialMark);
        _serialAt = mark < 0 ? -1 : mark + SerialMark.Length;
        _request = mark < 0 ? request : [.. request];
    }

    /// <summary>
    /// When the first content of the last answer came, in ticks of the monotonic clock; 0 when none did.
    /// </summary>
    public long FirstContentAt { get; private set; }

    /// <summary>Sends the request and reads its answer to the end.</summary>
    /// <param name="onContent">Is shown content as it comes; null for nobody.</param>
    /// <returns>True when the answer was a whole 200.</returns>
    public async ValueTask<bool> CallAsync(ContentWatcher? onContent = null)
    {
        try
        {
            var socket = _socket ??= await ConnectAsync();
            if (_serialAt >= 0)
            {
                var serial = _request.AsSpan(_serialAt, SerialDigits);
                Interlocked.Increment(ref _calls).TryFormat(serial, out _, "x16", CultureInfo.InvariantCulture);
            }

            await SendAllAsync(socket);
            return await ReceiveAsync(socket, onContent);
        }
        catch (Exception fault) when (fault is SocketException or InvalidDataException)
        {
            Dispose();
            return false;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target.Port));
        return socket;
    }

    private async ValueTask SendAllAsync(Socket socket)
    {
        ReadOnlyMemory<byte> left = _request;
        while (!left.IsEmpty)
        {
            left = left[await socket.SendAsync(left)..];
        }
    }

    private async ValueTask<bool> ReceiveAsync(Socket socket, ContentWatcher? onContent)
    {
        FirstContentAt = 0;
        _answer.Reset();
        while (!_answer.IsDone)
        {
            var count = await socket.ReceiveAsync(_buffer);
            if (count == 0)
            {
                Dispose();
                return false;
            }

            TakeAll(count, onContent);
        }

        return _answer.Status == 200;
    }

    private void TakeAll(int count, ContentWatcher? onContent)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, count);
        while (!rest.IsEmpty && !_answer.IsDone)
        {
            rest = rest[_answer.Take(rest, out var content)..];
            if (content.IsEmpty)
            {
                continue;
            }

            FirstContentAt = FirstContentAt == 0 ? Stopwatch.GetTimestamp() : FirstContentAt;
            onContent?.Invoke(content);
        }
    }
}

/// <summary>Is shown the content of an answer, piece by piece.</summary>
public delegate void ContentWatcher(ReadOnlySpan<byte> content);
