namespace LlmPlatform.Hosting.Tests;

public class BoundedCacheTests
{
    [Fact]
    public void It_never_holds_more_than_it_may_and_keeps_what_is_asked_for()
    {
        var cache = new BoundedCache<int, int>(100);
        cache.Set(-1, 7);
        for (var key = 0; key < 10_000; key++)
        {
            cache.Set(key, key);
            Assert.True(cache.TryGet(key, out var last));
            Assert.Equal(key, last);
            Assert.True(cache.TryGet(-1, out var asked), $"what is asked for was forgotten after {key}");
            Assert.Equal(7, asked);
        }

        Assert.InRange(cache.Count, 2, 100);
        Assert.False(cache.TryGet(0, out _));
    }

    [Fact]
    public void What_was_set_last_is_what_is_found_also_where_an_older_value_has_aged()
    {
        var cache = new BoundedCache<int, string>(8);
        cache.Set(1, "old");
        for (var key = 10; key < 14; key++)
            cache.Set(key, "other");
        cache.Set(1, "new");

        Assert.True(cache.TryGet(1, out var found));
        Assert.Equal("new", found);
    }

    [Fact]
    public async Task Many_threads_find_only_what_was_set_for_their_key()
    {
        var cache = new BoundedCache<int, int>(64);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var step = 0; step < 50_000; step++)
            {
                var key = random.Next(200);
                if (cache.TryGet(key, out var found))
                    Assert.Equal(key * 3, found);
                else
                    cache.Set(key, key * 3);
            }
        })));

        Assert.InRange(cache.Count, 1, 64 + 4);
    }
}
