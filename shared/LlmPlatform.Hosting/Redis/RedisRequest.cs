namespace LlmPlatform.Hosting.Redis;

/// <summary>
/// One command, ready to be copied out: its first words, how many keys follow (scripts only), and the rest.
/// </summary>
internal readonly ref struct RedisRequest(
    ReadOnlySpan<byte> head, int headCount, ReadOnlySpan<byte> body, int bodyCount)
{
    private const int FramingMax = 64;

    private readonly ReadOnlySpan<byte> _head = head;
    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>For a script: the number of keys among the arguments.</summary>
    internal int? KeyCount { get; init; }

    /// <summary>The script that the server has once it has answered; null where it learns none.</summary>
    internal RedisScript? Taught { get; init; }

    internal long LengthMax => (long)_head.Length + _body.Length + FramingMax;

    internal void WriteTo(RespBuffer buffer)
    {
        buffer.ArrayHeader(headCount + bodyCount + (KeyCount is null ? 0 : 1));
        buffer.Append(_head);
        if (KeyCount is { } keys)
            buffer.Bulk(keys);
        buffer.Append(_body);
    }
}
