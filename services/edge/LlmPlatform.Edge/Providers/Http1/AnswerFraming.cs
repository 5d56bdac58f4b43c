using System.Buffers.Text;
using System.Text;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>How the body of an answer ends, and what becomes of its connection then.</summary>
internal struct AnswerFraming
{
    private long? _length;

    /// <summary>Whether another exchange may follow.</summary>
    public bool StaysOpen { get; set; }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Bytes of the body; null: chunks, or until the connection ends.</summary>
    public readonly long? Length => _length;

    /// <summary>Takes note of one header.</summary>
    /// <exception cref="InvalidDataException">It contradicts another, or cannot be understood.</exception>
    public void Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
        {
            if (!Utf8Parser.TryParse(value, out long length, out var used) || used != value.Length || length < 0
                || (_length is { } known && known != length))
            {
                throw new InvalidDataException("The length of the answer cannot be read.");
            }

            _length = length;
        }
        else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8))
        {
            // Another coding under the chunks is nothing that was asked for.
            IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8)
                ? true
                : throw new InvalidDataException("The answer comes in a coding that was not asked for.");
        }
        else if (Ascii.EqualsIgnoreCase(name, "Connection"u8))
        {
            StaysOpen = !Ascii.EqualsIgnoreCase(value, "close"u8)
                && (StaysOpen || Ascii.EqualsIgnoreCase(value, "keep-alive"u8));
        }
    }

    /// <summary>All headers have been read.</summary>
    public void Decide(int status)
    {
        if (status is 204 or 304)
        {
            (IsChunked, _length) = (false, 0);
        }
        else if (IsChunked)
        {
            // With both, one of the two who speak here is mistaken about where the next answer begins.
            StaysOpen &= _length is null;
            _length = null;
        }
        else if (_length is null)
        {
            StaysOpen = false;
        }
    }
}
