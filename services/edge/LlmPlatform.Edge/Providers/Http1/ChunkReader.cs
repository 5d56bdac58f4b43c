namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>
/// Takes the framing of chunks (RFC 9112, section 7.1) out of bytes, in place, in whatever pieces they come.
/// </summary>
internal struct ChunkReader
{
    // 15 hexadecimal digits fit into what counts them.
    private const int MostSizeDigits = 15;
    private const int MostTrailerBytes = 16 * 1024;

    private State _state;
    private long _left;
    private int _digits;
    private int _lineBytes;
    private int _trailerBytes;

    /// <summary>Whether the last chunk has been taken.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Moves content to the front.</summary>
    /// <param name="bytes">What came.</param>
    /// <param name="used">How many of them belong to this body.</param>
    /// <returns>How many bytes of content are at the front.</returns>
    /// <exception cref="HttpRequestException">The chunks cannot be read.</exception>
    public int Take(Span<byte> bytes, out int used)
    {
        var (from, to) = (0, 0);
        while (from < bytes.Length && _state != State.Done)
        {
            if (_state == State.Content)
            {
                var count = (int)Math.Min(_left, bytes.Length - from);
                if (from != to)
                {
                    bytes.Slice(from, count).CopyTo(bytes[to..]);
                }

                from += count;
                to += count;
                _left -= count;
                _state = _left == 0 ? State.ContentEnd : State.Content;
                continue;
            }

            Step(bytes[from++]);
        }

        used = from;
        return to;
    }

    private void Step(byte next)
    {
        switch (_state)
        {
            case State.Size when next == '\n':
                BeginChunk();
                break;
            case State.Size when HexOf(next) is >= 0 and var digit && _digits < MostSizeDigits:
                _left = (_left * 16) + digit;
                _digits++;
                break;
            case State.Size when next is (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\r' && _digits > 0:
                _state = State.Extension;
                break;
            case State.Extension when next == '\n':
                BeginChunk();
                break;
            case State.Extension:
                Count();
                break;
            case State.ContentEnd when next == '\r':
                break;
            case State.ContentEnd when next == '\n':
                (_state, _left, _digits) = (State.Size, 0, 0);
                break;
            case State.Trailer when next == '\n':
                _state = _lineBytes == 0 ? State.Done : State.Trailer;
                _lineBytes = 0;
                break;
            case State.Trailer:
                _lineBytes += next == '\r' ? 0 : 1;
                Count();
                break;
            default:
                throw Unreadable();
        }
    }

    private void BeginChunk()
    {
        if (_digits == 0)
        {
            throw Unreadable();
        }

        _state = _left == 0 ? State.Trailer : State.Content;
    }

    // Neither extensions nor trailers are of use, or without end.
    private void Count()
    {
        if (++_trailerBytes > MostTrailerBytes)
        {
            throw Unreadable();
        }
    }

    private static int HexOf(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    private static HttpRequestException Unreadable() => new("The chunks of the answer cannot be read.");

    private enum State
    {
        Size,
        Extension,
        Content,
        ContentEnd,
        Trailer,
        Done,
    }
}
