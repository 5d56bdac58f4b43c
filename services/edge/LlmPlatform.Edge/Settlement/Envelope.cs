using LlmPlatform.Money;

namespace LlmPlatform.Edge.Settlement;

/// <summary>Events of consecutive sequences, while they are collected.</summary>
internal sealed class Envelope<TEvent>(SpoolIdentity edge, long firstSequence, ShipperOptions options)
{
    private readonly List<TEvent> _events = [];
    private long _bytes;

    /// <summary>Whose sequences these are.</summary>
    public SpoolIdentity Edge => edge;

    /// <summary>The sequence of the first event.</summary>
    public long FirstSequence => firstSequence;

    /// <summary>The events.</summary>
    public IReadOnlyList<TEvent> Events => _events;

    /// <summary>
    /// True when it takes no more. It may exceed its bytes by one event, so that every event finds an envelope.
    /// </summary>
    public bool IsFull => _events.Count >= options.MaxEnvelopeEvents || _bytes >= options.MaxEnvelopeBytes;

    /// <summary>
    /// The message id: the same events that leave from the same place are the same message, however often they are
    /// sent.
    /// </summary>
    /// <param name="kind">Tells usage from completions.</param>
    public Guid MessageId(string kind) =>
        EventIdentity.Named($"envelope:{kind}:{edge.EdgeId:N}:{edge.Epoch}:{firstSequence}:{_events.Count}");

    /// <summary>True when there is room, and the entry continues the sequence.</summary>
    public bool Takes(in SpoolEntry entry) =>
        !IsFull && entry.Edge == edge && entry.Sequence == firstSequence + _events.Count;

    /// <summary>Adds an event.</summary>
    public void Add(TEvent recorded, int bytes)
    {
        _events.Add(recorded);
        _bytes += bytes;
    }
}
