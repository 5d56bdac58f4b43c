using System.Buffers;
using LlmPlatform.Edge.Relay;

namespace LlmPlatform.Edge.Responses;

/// <summary>What admission must know of a request about a response that its provider keeps: it has no body.</summary>
internal sealed class StoredResponseRequest : InboundRequest
{
    /// <param name="model">The published model that made the response.</param>
    public StoredResponseRequest(string model)
        : base(default) => Model = model;

    /// <inheritdoc />
    public override bool ProducesTokens => false;

    /// <inheritdoc />
    public override void WriteTo(IBufferWriter<byte> output, in PassThroughChanges changes)
    {
        // Nothing is sent but the address.
    }
}
