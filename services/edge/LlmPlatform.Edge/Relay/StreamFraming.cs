namespace LlmPlatform.Edge.Relay;

/// <summary>
/// Cuts the bytes of a stream into events, however they were cut on the way. Remembers how far it has looked, so that
/// an event that comes in many pieces is not searched from its beginning each time. One for each stream.
/// </summary>
internal abstract class StreamFraming : IDisposable
{
    /// <summary>Reads the first whole event.</summary>
    /// <param name="bytes">
    /// All that was received and not read as an event. Between two calls it only grows, or loses the event read last.
    /// </param>
    /// <param name="ended">True when nothing follows.</param>
    /// <param name="streamEvent">The event.</param>
    /// <returns>False when none is whole yet.</returns>
    /// <exception cref="InvalidDataException">The bytes break the framing's rules.</exception>
    public abstract bool TryRead(ReadOnlySpan<byte> bytes, bool ended, out StreamEvent streamEvent);

    /// <inheritdoc />
    public virtual void Dispose()
    {
    }
}
