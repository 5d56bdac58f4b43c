using System.Text.Unicode;
using LlmPlatform.Money;

namespace LlmPlatform.Edge.Settlement;

/// <summary>
/// Events of consecutive sequences, while they are collected: a message as MassTransit writes it, whose events are the
/// bytes that the spool holds. Nothing is read as an object and written again.
/// </summary>
internal sealed class Envelope : IDisposable
{
    // Longer than all that stands around the events.
    private const int MostAround = 512;

    private readonly EnvelopeKind _kind;
    private readonly SpoolIdentity _edge;
    private readonly long _firstSequence;
    private readonly ShipperOptions _options;
    private readonly PooledBuffer _bytes = new(16 * 1024);
    private readonly int _headBytes;
    private int _count;

    /// <param name="kind">What it carries.</param>
    /// <param name="edge">Whose sequences these are.</param>
    /// <param name="firstSequence">The sequence of the first event.</param>
    /// <param name="options">How much it takes.</param>
    public Envelope(EnvelopeKind kind, SpoolIdentity edge, long firstSequence, ShipperOptions options)
    {
        (_kind, _edge, _firstSequence, _options) = (kind, edge, firstSequence, options);
        Utf8.TryWrite(
            _bytes.GetSpan(MostAround),
            $$"""{"message":{"edgeId":"{{edge.EdgeId}}","epoch":{{edge.Epoch}},"firstSequence":{{firstSequence}},""",
            out var written);
        _bytes.Advance(written);
        Write("\"events\":["u8);
        _headBytes = _bytes.Length;
    }

    /// <summary>
    /// True when it takes no more. It may exceed its bytes by one event, so that every event finds an envelope.
    /// </summary>
    public bool IsFull =>
        _count >= _options.MaxEnvelopeEvents || _bytes.Length - _headBytes - _count >= _options.MaxEnvelopeBytes;

    /// <summary>
    /// The message id: the same events that leave from the same place are the same message, however often they are
    /// sent.
    /// </summary>
    public Guid MessageId =>
        EventIdentity.Named($"envelope:{_kind.Name}:{_edge.EdgeId:N}:{_edge.Epoch}:{_firstSequence}:{_count}");

    /// <summary>The message, once it is sealed.</summary>
    public ReadOnlyMemory<byte> Body => _bytes.Memory;

    /// <summary>True when there is room, and the entry continues the sequence.</summary>
    public bool Takes(in SpoolEntry entry) =>
        !IsFull && entry.Edge == _edge && entry.Sequence == _firstSequence + _count;

    /// <summary>Adds an event.</summary>
    /// <param name="recorded">Its JSON.</param>
    public void Add(ReadOnlySpan<byte> recorded)
    {
        if (_count++ > 0)
        {
            Write(","u8);
        }

        Write(recorded);
    }

    /// <summary>Closes it; nothing can be added any more.</summary>
    public void Seal(DateTimeOffset sentAt)
    {
        Utf8.TryWrite(
            _bytes.GetSpan(MostAround),
            $$"""]},"messageId":"{{MessageId}}","messageType":["{{_kind.MessageType}}"],"sentTime":"{{sentAt:O}}",""",
            out var written);
        _bytes.Advance(written);
        Write("\"headers\":{}}"u8);
    }

    /// <inheritdoc />
    public void Dispose() => _bytes.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.GetSpan(bytes.Length));
        _bytes.Advance(bytes.Length);
    }
}
