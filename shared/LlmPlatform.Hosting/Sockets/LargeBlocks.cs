using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace LlmPlatform.Hosting.Sockets;

/// <summary>
/// Memory for the server in blocks of 64 KB instead of 4: a long prompt is received in a few calls instead of dozens. A
/// connection that waits holds none.
/// </summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    /// <inheritdoc />
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlockPool();
}
