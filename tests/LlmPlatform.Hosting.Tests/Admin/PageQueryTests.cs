using LlmPlatform.Hosting.Admin;

namespace LlmPlatform.Hosting.Tests.Admin;

public class PageQueryTests
{
    private static readonly string[] _items = [.. Enumerable.Range(0, 25).Select(number => $"item-{number:00}")];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(26)]
    public void Pages_show_every_item_once_and_in_order(int limit)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var query = new PageQuery(limit, cursor);
            Assert.True(query.TryRead(out var after, out _));
            var page = query.Cut(_items.Reverse(), item => item, after);
            Assert.InRange(page.Items.Count, 1, limit);
            seen.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(_items, seen);
    }

    [Fact]
    public void A_page_is_right_although_the_item_it_follows_has_gone()
    {
        var query = new PageQuery(2, PageQuery.CursorOf("item-03"));
        Assert.True(query.TryRead(out var after, out _));

        Assert.Equal(["item-04", "item-05"], query.Cut(_items.Except(["item-03"]), item => item, after).Items);
    }

    [Theory]
    [InlineData(0, null, "invalid_limit")]
    [InlineData(1001, null, "invalid_limit")]
    [InlineData(10, "not base64!", "invalid_cursor")]
    [InlineData(10, "_w", "invalid_cursor")]
    public void A_page_that_cannot_be_is_a_problem(int limit, string? cursor, string type)
    {
        Assert.False(new PageQuery(limit, cursor).TryRead(out _, out var problem));

        Assert.Equal((400, type), (problem.StatusCode, problem.ProblemDetails.Type));
    }

    [Fact]
    public void Without_a_limit_a_page_has_a_hundred_items()
    {
        var query = new PageQuery(null, null);
        Assert.True(query.TryRead(out var after, out _));

        Assert.Equal(100, query.Cut(Enumerable.Range(1000, 200).Select(n => $"{n}"), item => item, after).Items.Count);
    }
}
