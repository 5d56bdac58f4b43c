using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Translation;

/// <summary>
/// Reads a provider's answer, streamed or whole, and says it to a sink. One for each answer; not thread-safe. Never
/// calls <see cref="IAnswerSink.Complete"/>: who drives the reader does.
/// </summary>
internal abstract class AnswerReader(IAnswerSink sink)
{
    /// <summary>Who is spoken to.</summary>
    protected IAnswerSink Sink { get; } = sink;

    /// <summary>The provider's id of the exchange; null when it gave none.</summary>
    public string? ProviderRequestId { get; protected set; }

    /// <summary>
    /// Whether an event begins the answer; changes nothing. Before it, another provider may serve.
    /// </summary>
    /// <param name="streamEvent">The event.</param>
    /// <param name="fault">Set when it is an error in the place of an answer.</param>
    /// <returns>False for what says nothing, such as a ping.</returns>
    public abstract bool Begins(in StreamEvent streamEvent, out ProviderFault? fault);

    /// <summary>Reads the next event of a stream. What is not understood is passed over.</summary>
    /// <returns>True when it is the stream's last.</returns>
    public abstract bool Read(in StreamEvent streamEvent);

    /// <summary>The stream ended without a last event: says what is still to be said.</summary>
    /// <returns>False when the protocol ends its streams in words, and so the answer was cut off.</returns>
    public abstract bool End();

    /// <summary>Reads a whole answer.</summary>
    /// <returns>False when it is no answer of the protocol.</returns>
    public abstract bool ReadWhole(ReadOnlyMemory<byte> answer);
}
