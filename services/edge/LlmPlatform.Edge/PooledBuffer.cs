using System.Buffers;

namespace LlmPlatform.Edge;

/// <summary>
/// A growing byte buffer on rented memory, for bodies and partial events. Not thread-safe; dispose of it once.
/// </summary>
internal sealed class PooledBuffer(int initialBytes) : IBufferWriter<byte>, IDisposable
{
    // The shared pool keeps some thirty arrays of a size for each core. With long prompts more are in use at once, and
    // each call would allocate its own: of these lengths as many are kept as are usual at once, 28 MiB at most.
    private const int LongFrom = 16 * 1024;
    private const int LongTo = 128 * 1024;
    private const int LongKept = 128;
    private static readonly ArrayPool<byte> _long = ArrayPool<byte>.Create(LongTo, LongKept);

    private byte[] _bytes = Rent(initialBytes);
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(_start, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Length);

    /// <summary>The same, for those that know no memory; good until more is written.</summary>
    public ArraySegment<byte> Segment => new(_bytes, _start, Length);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Advance(int count) => _end += count;

    /// <summary>Forgets bytes from the front.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    public void Dispose()
    {
        Return(_bytes);
        _bytes = [];
        _start = _end = 0;
    }

    private static byte[] Rent(int bytes) => Pool(bytes).Rent(bytes);

    private static void Return(byte[] bytes)
    {
        // Disposed of before.
        if (bytes.Length > 0)
        {
            Pool(bytes.Length).Return(bytes);
        }
    }

    private static ArrayPool<byte> Pool(int bytes) =>
        bytes is > LongFrom and <= LongTo ? _long : ArrayPool<byte>.Shared;

    private void MakeRoom(int count)
    {
        if (_bytes.Length - _end >= count)
        {
            return;
        }

        var target = Length + count <= _bytes.Length
            ? _bytes
            : Rent(Math.Max(Length + count, _bytes.Length * 2));
        Span.CopyTo(target);
        if (target != _bytes)
        {
            Return(_bytes);
            _bytes = target;
        }

        _end = Length;
        _start = 0;
    }
}
