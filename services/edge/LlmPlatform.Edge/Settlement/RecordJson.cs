using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// The JSON of records, written member by member into memory that is used again and again. It knows no objects and
/// checks nothing: <see cref="EventJson"/> says what stands where. Not thread-safe.
/// </summary>
internal sealed class RecordJson
{
    // The longest text of a number, an id or a time, with its quotes.
    private const int MostScalarBytes = 48;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015"
        + "\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    private byte[] _bytes = new byte[8192];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What is written; good until more is.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what is written, and leaves so many bytes free in front.</summary>
    public void Restart(int free)
    {
        Length = 0;
        MakeRoom(free);
        Length = free;
    }

    /// <summary>Writes bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Writes a member; nothing when the text is null.</summary>
    /// <param name="name">What stands before the value: a comma or a brace, the name, a colon.</param>
    /// <param name="text">In any characters.</param>
    public void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (text is null)
        {
            return;
        }

        Raw(name);
        MakeRoom((text.Length * 6) + 2);
        _bytes[Length++] = (byte)'"';
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(Escaped); at >= 0; at = rest.IndexOfAny(Escaped))
        {
            Length += Encoding.UTF8.GetBytes(rest[..at], _bytes.AsSpan(Length));
            Escape(rest[at]);
            rest = rest[(at + 1)..];
        }

        Length += Encoding.UTF8.GetBytes(rest, _bytes.AsSpan(Length));
        _bytes[Length++] = (byte)'"';
    }

    /// <summary>Writes a member.</summary>
    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Raw(name);
        MakeRoom(MostScalarBytes);
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>Writes a member.</summary>
    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        Raw(name);
        Raw(value ? "true"u8 : "false"u8);
    }

    /// <summary>Writes a member.</summary>
    public void Id(ReadOnlySpan<byte> name, Guid value)
    {
        Raw(name);
        MakeRoom(MostScalarBytes);
        _bytes[Length++] = (byte)'"';
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written);
        Length += written;
        _bytes[Length++] = (byte)'"';
    }

    /// <summary>Writes a member.</summary>
    public void Time(ReadOnlySpan<byte> name, DateTimeOffset value)
    {
        Raw(name);
        MakeRoom(MostScalarBytes);
        _bytes[Length++] = (byte)'"';
        Utf8Formatter.TryFormat(value, _bytes.AsSpan(Length), out var written, 'O');
        Length += written;
        _bytes[Length++] = (byte)'"';
    }

    /// <summary>Writes a member; nothing when it is null.</summary>
    public void Duration(ReadOnlySpan<byte> name, TimeSpan? value)
    {
        if (value is not { } time)
        {
            return;
        }

        Raw(name);
        MakeRoom(MostScalarBytes);
        _bytes[Length++] = (byte)'"';
        Utf8Formatter.TryFormat(time, _bytes.AsSpan(Length), out var written, 'c');
        Length += written;
        _bytes[Length++] = (byte)'"';
    }

    private void Escape(char character)
    {
        _bytes[Length++] = (byte)'\\';
        if (character is '"' or '\\')
        {
            _bytes[Length++] = (byte)character;
            return;
        }

        "u00"u8.CopyTo(_bytes.AsSpan(Length));
        Utf8Formatter.TryFormat((byte)character, _bytes.AsSpan(Length + 3), out _, new StandardFormat('x', 2));
        Length += 5;
    }

    private void MakeRoom(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(Length + count, 2 * _bytes.Length));
        }
    }
}
