using System.Buffers;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// What becomes of one stream's events on their way to the caller, and what they say about usage. One for each stream;
/// not thread-safe.
/// </summary>
internal abstract class StreamPassage : IDisposable
{
    /// <summary>The last usage the provider reported; it is cumulative, so the last one is the whole.</summary>
    public UsageReport? Usage { get; protected set; }

    /// <summary>The provider's id of the exchange.</summary>
    public string? ProviderRequestId { get; protected set; }

    /// <summary>True when the provider sent an error inside its stream.</summary>
    public bool SawError { get; protected set; }

    /// <summary>Bytes of text, thoughts and tool arguments that passed: our own count stands on them.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Events that carried some of it: most providers send about one token in each.</summary>
    public long ContentEvents { get; private set; }

    /// <summary>How the provider's bytes are cut into events.</summary>
    public abstract StreamFraming Framing { get; }

    /// <summary>
    /// Whether an event begins the answer. Before it, nothing has been sent and another provider may serve.
    /// </summary>
    /// <param name="streamEvent">The event.</param>
    /// <param name="fault">Set when it is an error in the place of an answer.</param>
    /// <returns>False for what says nothing, such as a comment or a ping.</returns>
    public abstract bool Begins(in StreamEvent streamEvent, out ProviderFault? fault);

    /// <summary>Takes the next event and writes what the caller is to have of it.</summary>
    /// <returns>
    /// True when it is the answer's last: what was written for it leaves only when the usage is in the spool, and no
    /// event after it is read.
    /// </returns>
    public abstract bool Take(in StreamEvent streamEvent, IBufferWriter<byte> output);

    /// <summary>The provider's stream ended without a last event. What is written leaves after the usage.</summary>
    /// <returns>False when the protocol ends its streams in words, and so the answer was cut off.</returns>
    public abstract bool End(IBufferWriter<byte> output);

    /// <summary>Ends the caller's stream with an error of ours.</summary>
    public abstract void EndWithError(GatewayError error, IBufferWriter<byte> output);

    /// <inheritdoc />
    public virtual void Dispose() => Framing.Dispose();

    /// <summary>Counts content that passes.</summary>
    protected void CountContent(int bytes)
    {
        if (bytes > 0)
        {
            ContentBytes += bytes;
            ContentEvents++;
        }
    }
}
