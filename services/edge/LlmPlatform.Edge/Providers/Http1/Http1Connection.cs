using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>
/// One connection, for one exchange after the other. While it waits for bytes of an answer that has begun it holds no
/// buffer: they are read into the memory of who asks for them.
/// </summary>
internal sealed class Http1Connection(Http1Pool pool, Socket socket, SslStream? secured, TimeProvider clock)
    : IDisposable
{
    private const int MostHeadBytes = 64 * 1024;
    private const int UsualHeadBytes = 4 * 1024;

    // A longer body is sent by itself: to copy it costs more than a second call of the kernel.
    private const int LongBodyBytes = 16 * 1024;

    private readonly long _openedAt = clock.GetTimestamp();
    private CancellationTokenRegistration _onCancelled;
    private CancellationToken _cancelled;
    private int _isInUse;

    /// <summary>Since when nobody uses it, as a timestamp.</summary>
    public long UnusedSince { get; set; }

    /// <summary>
    /// Whether an unused connection is good for another exchange: nothing has come from the other side, not even its
    /// end.
    /// </summary>
    public bool IsStillOpen
    {
        get
        {
            try
            {
                return !socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Whether it was opened longer ago.</summary>
    public bool IsOlderThan(TimeSpan age) => clock.GetElapsedTime(_openedAt) > age;

    /// <summary>Sends a request; completes with the head of its answer.</summary>
    /// <exception cref="HttpRequestException">The connection broke, or what came is no HTTP.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, RequestContent content, CancellationToken cancellationToken)
    {
        _isInUse = 1;
        _cancelled = cancellationToken;
        _onCancelled = cancellationToken.UnsafeRegister(
            static connection => ((Http1Connection)connection!).Dispose(), this);
        var buffer = new PooledBuffer(Math.Max(UsualHeadBytes, Math.Min(content.Length, LongBodyBytes) + 1024));
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WriteAsync(request, content, buffer);
            while (true)
            {
                if (buffer.Length > MostHeadBytes)
                {
                    throw new InvalidDataException("The head of the answer is too long.");
                }

                var received = await ReceiveAsync(buffer.GetMemory(UsualHeadBytes / 2));
                if (received == 0)
                {
                    throw new HttpIOException(HttpRequestError.ResponseEnded, "The provider closed the connection.");
                }

                buffer.Advance(received);
                if (AnswerHead.TryRead(buffer, pool.Words, out var response, out var framing))
                {
                    response.Content = AnswerContent.Of(response, new AnswerBody(this, framing, buffer));
                    return response;
                }
            }
        }
        catch (Exception fault)
        {
            buffer.Dispose();
            End(isReusable: false);
            if (Translate(fault) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    /// <summary>Reads what comes next; 0 bytes at the end of the connection.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> into) =>
        secured is null ? socket.ReceiveAsync(into, SocketFlags.None) : ReceiveAsync(secured, into);

    /// <summary>
    /// What a fault of the connection is to be called. Null: what it is called already. Cancelling closes the socket:
    /// whatever fails then has been cancelled.
    /// </summary>
    public Exception? Translate(Exception fault) => fault switch
    {
        OperationCanceledException => null,
        _ when _cancelled.IsCancellationRequested => new OperationCanceledException(_cancelled),
        HttpRequestException => null,
        IOException or SocketException or ObjectDisposedException or InvalidDataException =>
            new HttpRequestException("The connection to the provider broke.", fault),
        _ => null,
    };

    /// <summary>The exchange is over. May be called again.</summary>
    public void End(bool isReusable)
    {
        if (Interlocked.Exchange(ref _isInUse, 0) == 1)
        {
            // Waits for a cancellation that is just running: it must not meet the next exchange.
            _onCancelled.Dispose();
            pool.Return(this, isReusable && !_cancelled.IsCancellationRequested);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        secured?.Dispose();
        socket.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(HttpRequestMessage request, RequestContent content, PooledBuffer buffer)
    {
        RequestHead.Write(buffer, request, content, pool.StartOf(request.RequestUri!));
        var body = content.Take();
        if (body.Length <= LongBodyBytes)
        {
            body.Span.CopyTo(buffer.GetSpan(body.Length));
            buffer.Advance(body.Length);
            body = default;
        }

        await WriteAsync(buffer.Memory);
        buffer.Consume(buffer.Length);
        if (!body.IsEmpty)
        {
            await WriteAsync(body);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (secured is not null)
        {
            await secured.WriteAsync(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    // Without memory first: what waits for the next token holds none of the records' buffers.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> ReceiveAsync(SslStream secured, Memory<byte> into)
    {
        _ = await secured.ReadAsync(Memory<byte>.Empty);
        return await secured.ReadAsync(into);
    }
}
