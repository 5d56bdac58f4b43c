using System.Runtime.CompilerServices;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>
/// The body of one answer: read into the memory of who asks for it, and there rid of what frames its chunks. The
/// connection is free as soon as the last byte was read.
/// </summary>
internal sealed class AnswerBody : Stream
{
    // What is left of an answer that nobody reads on is read for so long, so that its connection can serve again.
    private const int MostDrainedBytes = 64 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private readonly Http1Connection _connection;
    private readonly bool _staysOpen;
    private readonly bool _isChunked;
    private ChunkReader _chunks;
    private PooledBuffer? _ahead;
    private long _left;
    private bool _isWhole;
    private bool _isReading;
    private bool _isDisposed;

    /// <param name="connection">Where the rest comes from.</param>
    /// <param name="framing">How it ends.</param>
    /// <param name="ahead">What came with the head; owned by this from here on.</param>
    public AnswerBody(Http1Connection connection, AnswerFraming framing, PooledBuffer ahead)
    {
        (_connection, _staysOpen, _isChunked, _ahead) = (connection, framing.StaysOpen, framing.IsChunked, ahead);
        _left = framing.Length ?? long.MaxValue;
        if (_left == 0)
        {
            Finish(nothingFollows: ahead.Length == 0);
        }
        else if (ahead.Length == 0)
        {
            LetGoOfAhead();
        }
    }

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isWhole || buffer.IsEmpty)
        {
            return ValueTask.FromResult(0);
        }

        if (_ahead is not null && TakeAhead(buffer.Span) is > 0 and var taken)
        {
            return ValueTask.FromResult(taken);
        }

        return _isWhole ? ValueTask.FromResult(0) : ReceiveAsync(buffer);
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            if (_isWhole)
            {
                LetGoOfAhead();
            }
            else if (_isReading || !_staysOpen || (!_isChunked && _left > MostDrainedBytes))
            {
                LetGoOfAhead();
                _connection.End(isReusable: false);
            }
            else
            {
                _ = DrainAsync();
            }
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            var most = (int)Math.Min(buffer.Length, _left);
            int received;
            try
            {
                _isReading = true;
                received = await _connection.ReceiveAsync(buffer[..most]);
                _isReading = false;
            }
            catch (Exception fault)
            {
                _connection.End(isReusable: false);
                if (_connection.Translate(fault) is { } translated)
                {
                    throw translated;
                }

                throw;
            }

            if (received == 0)
            {
                EndEarly();
                return 0;
            }

            if (Take(buffer.Span[..received]) is > 0 and var taken)
            {
                return taken;
            }

            if (_isWhole)
            {
                return 0;
            }
        }
    }

    // What came with the head first; what frames it is dealt with where it lies.
    private int TakeAhead(Span<byte> into)
    {
        var count = (int)Math.Min(Math.Min(into.Length, _ahead!.Length), _left);
        _ahead.Span[..count].CopyTo(into);
        _ahead.Consume(count);
        var taken = Take(into[..count]);
        if (_ahead is { Length: 0 })
        {
            LetGoOfAhead();
        }

        return taken;
    }

    // Content is moved to the front of the bytes; the number of its bytes is given back.
    private int Take(Span<byte> bytes)
    {
        if (_isChunked)
        {
            var content = _chunks.Take(bytes, out var used);
            if (_chunks.IsDone)
            {
                Finish(nothingFollows: used == bytes.Length && _ahead is null or { Length: 0 });
            }

            return content;
        }

        _left -= _left == long.MaxValue ? 0 : bytes.Length;
        if (_left == 0)
        {
            Finish(nothingFollows: _ahead is null or { Length: 0 });
        }

        return bytes.Length;
    }

    // An answer without a length ends with its connection; every other one that does was cut.
    private void EndEarly()
    {
        _connection.End(isReusable: false);
        if (_isChunked || _left != long.MaxValue)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The provider closed the connection.");
        }

        _isWhole = true;
    }

    private void Finish(bool nothingFollows)
    {
        _isWhole = true;
        LetGoOfAhead();
        _connection.End(_staysOpen && nothingFollows);
    }

    private void LetGoOfAhead()
    {
        _ahead?.Dispose();
        _ahead = null;
    }

    // Usually what is left is the last chunk, which says nothing, behind the event that said it was the last.
    private async Task DrainAsync()
    {
        using var buffer = new PooledBuffer(4096);
        using var patience = new CancellationTokenSource(DrainTime);
        await using var cut = patience.Token.UnsafeRegister(
            static connection => ((Http1Connection)connection!).Dispose(), _connection);
        try
        {
            for (var drained = 0; !_isWhole && drained < MostDrainedBytes;)
            {
                var memory = buffer.GetMemory(4096);
                var taken = _ahead is null ? 0 : TakeAhead(memory.Span);
                drained += taken > 0 || _isWhole ? taken : await ReceiveAsync(memory);
            }
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException)
        {
            // It is of no use any more.
        }

        // A connection that was drained may serve another exchange by now.
        if (!_isWhole)
        {
            LetGoOfAhead();
            _connection.End(isReusable: false);
        }
    }
}
