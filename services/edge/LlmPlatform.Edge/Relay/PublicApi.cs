using System.Buffers;
using LlmPlatform.Edge.Providers;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// One public API: how its callers' requests are read, and how answers and refusals are said to them. Stateless; one
/// instance serves every call.
/// </summary>
internal abstract class PublicApi
{
    /// <summary>The public route, for example <c>/v1/chat/completions</c>.</summary>
    public abstract string Route { get; }

    /// <summary>As usage records name it, for example <c>chat.completions</c>.</summary>
    public abstract string Operation { get; }

    /// <summary>The protocol its callers speak.</summary>
    public abstract Wire Wire { get; }

    /// <summary>
    /// True where nothing is billed: no usage is recorded, and no budget is asked; limits on calls still count.
    /// </summary>
    public virtual bool IsFree => false;

    /// <summary>
    /// The headers of its callers that a provider of the same protocol is to have; all others stay here.
    /// </summary>
    public virtual IReadOnlyList<string> PassedHeaders => [];

    /// <summary>How its callers' clients call the request id in an answer's headers; null for our name alone.</summary>
    public virtual string? RequestIdHeader => null;

    /// <summary>Reads a body once, front to back.</summary>
    /// <param name="body">Stays as it is until the call has been answered.</param>
    /// <param name="error">What is wrong with it, naming the member; null when nothing is.</param>
    /// <returns>Null when something is wrong.</returns>
    public abstract InboundRequest? Read(ReadOnlyMemory<byte> body, out GatewayError? error);

    /// <summary>How one attempt is spoken where the provider's protocol is this one.</summary>
    public abstract Exchange PassThrough(GatewayCall call, UpstreamTarget target);

    /// <summary>How one attempt is spoken where it is not.</summary>
    public abstract Exchange Translate(GatewayCall call, UpstreamTarget target);

    /// <summary>Writes a refusal as the body of an answer.</summary>
    public abstract void WriteError(GatewayError error, string requestId, IBufferWriter<byte> output);

    /// <summary>Writes a refusal as an event of a stream that has begun.</summary>
    public abstract void WriteErrorEvent(GatewayError error, string requestId, IBufferWriter<byte> output);
}
