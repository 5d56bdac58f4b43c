using System.Buffers.Text;
using System.Text;

namespace LlmPlatform.Hosting.Redis;

/// <summary>A growing run of bytes with the words of RESP to append to it.</summary>
internal sealed class RespBuffer(int capacity)
{
    private const int NumberDigitsMax = 20;

    // '$' or '*', a length, and two line ends.
    private const int FramingMax = 1 + NumberDigitsMax + 4;

    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(capacity);

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets the content, and the memory too where one large value made it grow.</summary>
    internal void Clear(int keepBytesMax)
    {
        Length = 0;
        if (_bytes.Length > keepBytesMax)
            _bytes = GC.AllocateUninitializedArray<byte>(keepBytesMax);
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    internal void ArrayHeader(int count)
    {
        Reserve(FramingMax);
        Header((byte)'*', count);
    }

    internal void Bulk(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length + FramingMax);
        Header((byte)'$', value.Length);
        value.CopyTo(_bytes.AsSpan(Length));
        Length += value.Length;
        LineEnd();
    }

    internal void Bulk(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Reserve(length + FramingMax);
        Header((byte)'$', length);
        Length += Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length));
        LineEnd();
    }

    internal void Bulk(long value)
    {
        Span<byte> digits = stackalloc byte[NumberDigitsMax];
        Utf8Formatter.TryFormat(value, digits, out var length);
        Bulk(digits[..length]);
    }

    private void Header(byte type, int number)
    {
        _bytes[Length++] = type;
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(Length), out var digits);
        Length += digits;
        LineEnd();
    }

    private void LineEnd()
    {
        _bytes[Length++] = (byte)'\r';
        _bytes[Length++] = (byte)'\n';
    }

    private void Reserve(int count)
    {
        var needed = checked(Length + count);
        if (needed <= _bytes.Length)
            return;
        var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        Written.CopyTo(larger);
        _bytes = larger;
    }
}
