using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Where a thread lays out a record before it is appended. One a thread, used again and again: nothing between laying
/// out and appending awaits, so that no two records ever need it at once.
/// </summary>
internal sealed class SpoolRecordBuffer : IDisposable
{
    [ThreadStatic]
    private static SpoolRecordBuffer? _ofThisThread;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly Utf8JsonWriter _json;

    private SpoolRecordBuffer() => _json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });

    /// <summary>The buffer of the calling thread.</summary>
    public static SpoolRecordBuffer OfThisThread => _ofThisThread ??= new SpoolRecordBuffer();

    /// <summary>
    /// A record whose payload is JSON, prepared and not yet sealed. Valid until this thread lays out another.
    /// </summary>
    /// <exception cref="ArgumentException">It is larger than a record may be.</exception>
    public Span<byte> LayOut<T>(
        SpoolRecordType type, byte flags, Guid eventId, Guid requestId, T payload, JsonTypeInfo<T> shape)
    {
        _bytes.ResetWrittenCount();
        _bytes.GetSpan(SpoolFrame.HeaderLength);
        _bytes.Advance(SpoolFrame.HeaderLength);
        _json.Reset(_bytes);
        JsonSerializer.Serialize(_json, payload, shape);
        if (_bytes.WrittenCount > SpoolFrame.HeaderLength + SpoolFrame.MaxPayload)
        {
            throw new ArgumentException($"A record of {_bytes.WrittenCount} bytes is too large for the spool.");
        }

        var record = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span;
        SpoolFrame.Prepare(record, type, flags, eventId, requestId);
        return record;
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();
}
