namespace LlmPlatform.Edge.Providers.Simulated;

/// <summary>Gives out one event a read, with a pause between two: the pace of a model.</summary>
internal sealed class SimulatedStream(IEnumerable<byte[]> events, TimeSpan pause, TimeProvider clock) : Stream
{
    private readonly IEnumerator<byte[]> _events = events.GetEnumerator();
    private ReadOnlyMemory<byte> _rest;
    private bool _isFirst = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("A stream has no length.");

    public override long Position
    {
        get => throw new NotSupportedException("A stream has no position.");
        set => throw new NotSupportedException("A stream has no position.");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            if (!_events.MoveNext())
            {
                return 0;
            }

            if (!_isFirst && pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }

            _isFirst = false;
            _rest = _events.Current;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        throw new NotSupportedException("A stream cannot seek.");

    public override void SetLength(long value) => throw new NotSupportedException("A stream has no length.");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The simulated provider only answers.");

    protected override void Dispose(bool disposing)
    {
        _events.Dispose();
        base.Dispose(disposing);
    }
}
