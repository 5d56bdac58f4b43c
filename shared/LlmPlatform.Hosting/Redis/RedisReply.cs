using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// One reply of the server. Reading it as what it is not throws <see cref="InvalidOperationException"/>; reading an
/// error that sits inside an array throws <see cref="RedisServerException"/>. The bytes belong to the reply and are not
/// reused.
/// </summary>
public readonly struct RedisReply
{
    private readonly object? _payload;
    private readonly long _integer;

    private RedisReply(RedisReplyKind kind, long integer, object? payload)
    {
        Kind = kind;
        _integer = integer;
        _payload = payload;
    }

    /// <summary>What the reply is.</summary>
    public RedisReplyKind Kind { get; }

    /// <summary>Whether the reply is nil.</summary>
    public bool IsNil => Kind == RedisReplyKind.Nil;

    /// <summary>The elements of an array.</summary>
    public ReadOnlySpan<RedisReply> Items =>
        Kind == RedisReplyKind.Array ? (RedisReply[])_payload! : throw NotA("an array");

    /// <summary>
    /// The value of an integer, or of a string that is one. Exact over the whole 64-bit range, which Lua numbers are
    /// not: have a script return large amounts as strings.
    /// </summary>
    public long AsInt64()
    {
        if (Kind == RedisReplyKind.Number)
            return _integer;
        var text = AsUtf8();
        return Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length
            ? value
            : throw NotA("an integer");
    }

    /// <summary>The bytes of a string.</summary>
    public ReadOnlySpan<byte> AsUtf8() =>
        Kind is RedisReplyKind.Bulk or RedisReplyKind.SimpleString ? (byte[])_payload! : throw NotA("a string");

    /// <summary>The text of a string or integer; null when nil.</summary>
    public string? AsString() => Kind switch
    {
        RedisReplyKind.Nil => null,
        RedisReplyKind.Number => _integer.ToString(CultureInfo.InvariantCulture),
        _ => Encoding.UTF8.GetString(AsUtf8()),
    };

    internal static RedisReply Nil => default;

    internal static RedisReply Number(long value) => new(RedisReplyKind.Number, value, null);

    internal static RedisReply SimpleString(byte[] text) => new(RedisReplyKind.SimpleString, 0, text);

    internal static RedisReply Bulk(byte[] bytes) => new(RedisReplyKind.Bulk, 0, bytes);

    internal static RedisReply Array(RedisReply[] items) => new(RedisReplyKind.Array, 0, items);

    internal static RedisReply Error(byte[] text) => new(RedisReplyKind.Error, 0, text);

    /// <summary>Whether the server says that it does not have the script that was called by its SHA-1.</summary>
    public bool IsMissingScript => IsErrorOf("NOSCRIPT"u8);

    /// <exception cref="RedisServerException">The reply is an error.</exception>
    public void ThrowIfError()
    {
        if (Kind == RedisReplyKind.Error)
            throw ToException();
    }

    internal bool IsErrorOf(ReadOnlySpan<byte> code) =>
        Kind == RedisReplyKind.Error && ((byte[])_payload!).AsSpan().StartsWith(code);

    internal RedisServerException ToException() => new(Encoding.UTF8.GetString((byte[])_payload!));

    // The value is left out: it may be anything a caller stored.
    private Exception NotA(string expected) => Kind == RedisReplyKind.Error
        ? ToException()
        : new InvalidOperationException($"The Redis reply is not {expected}; it is of kind {Kind}.");
}
