using LlmPlatform.Hosting.Sockets;

namespace LlmPlatform.Hosting.Tests.Sockets;

public sealed class LargeBlockPoolTests
{
    [Fact]
    public void A_block_given_back_is_handed_out_next_and_one_given_back_twice_only_once()
    {
        using var pool = new LargeBlockPool();
        var first = pool.Rent();
        Assert.Equal(pool.MaxBufferSize, first.Memory.Length);

        first.Dispose();
        first.Dispose();
        using var again = pool.Rent();
        using var other = pool.Rent(pool.MaxBufferSize);

        Assert.Same(first, again);
        Assert.NotSame(first, other);
    }

    [Fact]
    public void What_is_given_back_beyond_the_bound_is_not_kept()
    {
        using var pool = new LargeBlockPool();
        var blocks = Enumerable.Range(0, LargeBlockPool.MaxFree + 8).Select(_ => pool.Rent()).ToList();
        blocks.ForEach(block => block.Dispose());

        var seen = blocks.ToHashSet();
        var kept = Enumerable.Range(0, blocks.Count).Count(_ => seen.Contains(pool.Rent()));

        Assert.Equal(LargeBlockPool.MaxFree, kept);
    }

    [Fact]
    public void Nothing_larger_than_a_block_can_be_rented()
    {
        using var pool = new LargeBlockPool();
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(pool.MaxBufferSize + 1));
    }
}
