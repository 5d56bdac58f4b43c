using System.Buffers;
using System.Runtime.InteropServices;

namespace LlmPlatform.Hosting.Sockets;

/// <summary>
/// Blocks of 64 KB, the one given back last handed out first. At most <see cref="MaxFree"/> are kept; what is given
/// back beyond that is the collector's. Safe for many threads.
/// </summary>
internal sealed class LargeBlockPool : MemoryPool<byte>
{
    /// <summary>Blocks kept: 32 MB.</summary>
    public const int MaxFree = 512;

    private const int BlockBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Block?[] _free = new Block?[MaxFree];
    private int _freeCount;

    /// <inheritdoc />
    public override int MaxBufferSize => BlockBytes;

    /// <inheritdoc />
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        lock (_gate)
        {
            if (_freeCount > 0)
            {
                var block = _free[--_freeCount]!;
                _free[_freeCount] = null;
                block.IsFree = false;
                return block;
            }
        }

        return new Block(this);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            Array.Clear(_free);
            _freeCount = 0;
        }
    }

    private void Return(Block block)
    {
        lock (_gate)
        {
            if (!block.IsFree && _freeCount < MaxFree)
            {
                block.IsFree = true;
                _free[_freeCount++] = block;
            }
        }
    }

    private sealed class Block(LargeBlockPool pool) : IMemoryOwner<byte>
    {
        // Pinned, as the server's own blocks are: the kernel writes into them.
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(
            GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true), 0, BlockBytes);

        public bool IsFree { get; set; }

        public void Dispose() => pool.Return(this);
    }
}
