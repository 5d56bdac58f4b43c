using LlmPlatform.Money.Pricing;

namespace LlmPlatform.Money.Tests.Pricing;

public class PriceBookTests
{
    private static readonly DateTimeOffset _january = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _march = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_price_holds_from_its_first_instant_until_the_next_one_begins()
    {
        var book = new PriceBook(7, [PriceFrom(_march, "new"), PriceFrom(_january, "old")]);

        Assert.Null(book.Find("sku", _january.AddTicks(-1)));
        Assert.Equal("old", book.Find("sku", _january)?.VersionId);
        Assert.Equal("old", book.Find("sku", _march.AddTicks(-1))?.VersionId);
        Assert.Equal("new", book.Find("sku", _march)?.VersionId);
        Assert.Equal("new", book.Find("sku", DateTimeOffset.MaxValue)?.VersionId);
    }

    [Fact]
    public void An_instant_is_the_same_in_whatever_zone_it_is_written()
    {
        var book = new PriceBook(1, [PriceFrom(_january.ToOffset(TimeSpan.FromHours(8)), "old")]);

        Assert.Equal("old", book.Find("sku", _january.ToOffset(TimeSpan.FromHours(-5)))?.VersionId);
        Assert.Null(book.Find("sku", _january.AddTicks(-1).ToOffset(TimeSpan.FromHours(8))));
    }

    [Fact]
    public void A_name_is_found_only_as_it_is_written()
    {
        var book = new PriceBook(1, [PriceFrom(_january, "old")]);

        Assert.Null(book.Find("SKU", _march));
        Assert.Null(book.Find("other", _march));
        Assert.Null(PriceBook.Empty.Find("sku", _march));
    }

    [Fact]
    public void Two_prices_from_the_same_instant_are_resolved_alike_by_every_reader()
    {
        Price[] prices = [PriceFrom(_january, "a"), PriceFrom(_january, "c"), PriceFrom(_january, "b")];

        Assert.Equal("c", new PriceBook(1, prices).Find("sku", _march)?.VersionId);
        Assert.Equal("c", new PriceBook(1, prices.Reverse()).Find("sku", _march)?.VersionId);
    }

    [Fact]
    public void The_price_found_is_the_latest_that_has_begun()
    {
        var random = new Random(3);
        var prices = Enumerable.Range(0, 50)
            .Select(i => PriceFrom(_january.AddHours(random.Next(1000)).AddTicks(i), $"v{i}"))
            .ToList();
        var book = new PriceBook(1, prices);
        for (var hour = -1; hour < 1001; hour++)
        {
            var at = _january.AddHours(hour);
            var begun = prices.Where(price => price.EffectiveFrom <= at);
            Assert.Equal(begun.MaxBy(price => price.EffectiveFrom), book.Find("sku", at));
        }

        Assert.Equal(prices.ToHashSet(), book.Prices.ToHashSet());
    }

    [Fact]
    public void A_key_names_the_published_model_and_who_serves_it() =>
        Assert.Equal("gpt-4o@openai/gpt-4o-2024-11-20", PriceSku.For("gpt-4o", "openai", "gpt-4o-2024-11-20"));

    private static Price PriceFrom(DateTimeOffset from, string id) =>
        new() { VersionId = id, Sku = "sku", EffectiveFrom = from, Input = 1m, Output = 2m };
}
