using LlmPlatform.Billing.Pricing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Money.Pricing;
using LlmPlatform.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Billing.Tests.Pricing;

public sealed class PriceBookTests
{
    private static readonly string Small = PriceSku.For("small", "sim", "small-v1");
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_same_prices_applied_twice_are_one_version()
    {
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file);
        await file.ChangeAsync(Usages.Configuration());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => file.ChangeAsync(Usages.Configuration(input: 2.50m))));

        Assert.Equal(2, (await RowsOf(billing)).Count);
        Assert.Equal(1, billing.Services.GetRequiredService<PriceShelf>().Current!.Snapshot.Version);
    }

    [Fact]
    public async Task Changed_figures_supersede_and_the_call_is_rated_by_what_was_known_when_it_was_made()
    {
        var clock = new ManualTimeProvider(Start);
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file, clock);
        clock.Advance(TimeSpan.FromDays(10));
        await file.ChangeAsync(Usages.Configuration(input: 3m));

        var rows = (await RowsOf(billing)).Where(row => row.Sku == Small).ToList();
        Assert.Equal([2.5m, 3m], rows.Select(row => row.Input));
        Assert.Equal([Start.AddDays(10), null], rows.Select(row => row.SupersededAt));
        Assert.NotEqual(rows[0].VersionId, rows[1].VersionId);

        // The same message rates alike before and after the change, however late it comes.
        var book = billing.Services.GetRequiredService<PriceShelf>().Current!;
        Assert.Equal(2, book.Snapshot.Version);
        Assert.Equal(2.5m, book.Find(Small, Start.AddDays(9))!.Input);
        Assert.Equal(3m, book.Find(Small, Start.AddDays(10))!.Input);

        // Before we knew anything, what we know now holds.
        Assert.Equal(3m, book.Find(Small, Start.AddYears(-1))!.Input);
        Assert.Equal([3m], book.Snapshot.Prices.Where(price => price.Sku == Small).Select(price => price.Input));
    }

    [Fact]
    public async Task A_price_that_comes_back_has_its_old_name()
    {
        var clock = new ManualTimeProvider(Start);
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file, clock);
        foreach (var input in new[] { 3m, 2.5m })
        {
            clock.Advance(TimeSpan.FromDays(1));
            await file.ChangeAsync(Usages.Configuration(input: input));
        }

        var versions = (await RowsOf(billing)).Where(row => row.Sku == Small).Select(row => row.VersionId).ToList();
        Assert.Equal(3, versions.Count);
        Assert.Equal(versions[0], versions[2]);
        Assert.Equal(3, billing.Services.GetRequiredService<PriceShelf>().Current!.Snapshot.Version);
    }

    [Fact]
    public async Task A_call_is_priced_by_the_version_in_force_when_it_was_admitted()
    {
        var model = Usages.Model("small", null) with { Price = new PriceSchedule([Figures(3, 1m), Figures(6, 2m)]) };
        await using var billing = await BillingReplica.StartAsync(
            new FixedConfigurationSource(new PlatformConfiguration { Models = [model] }));

        var book = billing.Services.GetRequiredService<PriceShelf>().Current!;
        var june = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(2m, book.Find(Small, june)!.Input);
        Assert.Equal(1m, book.Find(Small, june.AddTicks(-1))!.Input);
        Assert.Null(book.Find(Small, june.AddMonths(-4)));

        static PriceConfiguration Figures(int month, decimal input) => new()
        {
            Input = input,
            Output = 1m,
            EffectiveFrom = new DateTimeOffset(2026, month, 1, 0, 0, 0, TimeSpan.Zero),
        };
    }

    [Fact]
    public async Task A_deployment_that_left_the_file_keeps_its_price_and_another_instant_replaces_it()
    {
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file);
        await file.ChangeAsync(new PlatformConfiguration());
        Assert.NotNull(billing.Services.GetRequiredService<PriceShelf>().Current!.Find(Small, Usages.Noon));

        var later = new PriceConfiguration { Input = 9m, Output = 9m, EffectiveFrom = Start };
        await file.ChangeAsync(new PlatformConfiguration { Models = [Usages.Model("small", later)] });
        var inForce = billing.Services.GetRequiredService<PriceShelf>().Current!.Snapshot.Prices;
        Assert.Equal([9m], inForce.Where(price => price.Sku == Small).Select(price => price.Input));
    }

    [Fact]
    public async Task An_edge_follows_the_book_and_its_changes()
    {
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file);
        var directory = Directory.CreateTempSubdirectory("billing-tests-");
        var services = new ServiceCollection().AddLogging()
            .AddSingleton(billing.NeighbourAt(directory.FullName))
            .AddSingleton(new SnapshotOptions { PollInterval = TimeSpan.FromMilliseconds(100) })
            .AddSnapshotFeed(new SnapshotSource<PriceBookSnapshot>(
                PriceBookSnapshot.Name, PriceBookSnapshot.Owner, snapshot => snapshot.Version));
        await using var edge = services.BuildServiceProvider();
        var feed = edge.GetRequiredService<SnapshotFeed<PriceBookSnapshot>>();
        await feed.StartAsync(TestContext.Current.CancellationToken);
        await FollowedAsync(1);
        Assert.Equal(12m, feed.Current!.ToPriceBook().Find(Small, Usages.Noon)!.Reasoning);

        await file.ChangeAsync(Usages.Configuration(input: 3m));
        await FollowedAsync(2);
        Assert.Equal(3m, feed.Current!.ToPriceBook().Find(Small, Usages.Noon)!.Input);
        await feed.StopAsync(TestContext.Current.CancellationToken);
        directory.Delete(recursive: true);

        Task FollowedAsync(long version) => Eventually.UntilAsync(
            () => feed.Current?.Version == version, TimeSpan.FromSeconds(60), $"version {version} is had",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_list_of_prices_pages_and_shows_history_on_request()
    {
        var file = new ChangingConfiguration(Usages.Configuration());
        await using var billing = await BillingReplica.StartAsync(file);
        await file.ChangeAsync(Usages.Configuration(input: 3m));

        var first = await billing.GetAsync("/admin/v1/prices?history=true&limit=2");
        var second = await billing.GetAsync(
            $"/admin/v1/prices?history=true&limit=2&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(2, first.GetProperty("items").GetArrayLength());
        Assert.Equal(1, second.GetProperty("items").GetArrayLength());
        var inForce = await billing.GetAsync($"/admin/v1/prices?sku={Uri.EscapeDataString(Small)}");
        var only = Assert.Single(inForce.GetProperty("items").EnumerateArray());
        Assert.Equal(3m, only.GetProperty("input").GetDecimal());
    }

    private static async Task<List<PriceVersion>> RowsOf(BillingReplica billing)
    {
        await using var scope = billing.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<BillingDbContext>().PriceVersions.AsNoTracking()
            .OrderBy(row => row.Id).ToListAsync(TestContext.Current.CancellationToken);
    }
}
