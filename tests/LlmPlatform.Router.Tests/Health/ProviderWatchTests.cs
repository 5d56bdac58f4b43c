using LlmPlatform.Router.Health;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Tests.Health;

public sealed class ProviderWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _clock = new();
    private string _postgres = "";
    private FakeProvider _provider = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await RouterReplica.CreateDatabaseAsync();
        _provider = await FakeProvider.StartAsync();
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task A_provider_goes_down_after_three_bad_probes_and_up_after_two_good_ones()
    {
        await using var replica = Replica();
        var watch = replica.Services.GetRequiredService<ProviderWatch>();
        await watch.FollowAsync(File(), Cancel);
        Assert.True((await ProbedAsync(replica)).Up);

        _provider.Healthy = false;
        Assert.True((await NextAsync(replica)).Up);
        Assert.True((await NextAsync(replica)).Up);
        var down = await NextAsync(replica);
        Assert.Equal((false, "status 503", _clock.GetUtcNow()), (down.Up, down.LastOutcome, down.Since));

        _provider.Healthy = true;
        Assert.False((await NextAsync(replica)).Up);
        Assert.True((await NextAsync(replica)).Up);
        await watch.StopAsync();
    }

    [Fact]
    public async Task A_successor_counts_on_from_where_the_last_replica_stopped()
    {
        await _provider.GoAwayAsync();
        await using (var first = Replica())
        {
            var watch = first.Services.GetRequiredService<ProviderWatch>();
            await watch.FollowAsync(File(), Cancel);
            await ProbedAsync(first);
            Assert.True((await NextAsync(first)).Up);
            await watch.StopAsync();
        }

        _clock.Advance(Interval);
        await using var second = Replica();
        var successor = second.Services.GetRequiredService<ProviderWatch>();
        await successor.FollowAsync(File(), Cancel);

        Assert.False((await ProbedAsync(second)).Up);
        await successor.StopAsync();
    }

    [Fact]
    public async Task What_is_no_longer_probed_is_forgotten_and_counts_as_up()
    {
        await using var replica = Replica();
        var watch = replica.Services.GetRequiredService<ProviderWatch>();
        await watch.FollowAsync(File(), Cancel);
        await ProbedAsync(replica);

        await watch.FollowAsync(Files.Of(Files.Provider("p")), Cancel);
        _clock.Advance(Interval);

        Assert.Empty(await replica.InScopeAsync(database => database.ProviderHealth.ToListAsync(Cancel)));
        await watch.StopAsync();
    }

    private RouterReplica Replica() => RouterReplica.Build(_postgres, new ChangingConfiguration(File()), _clock);

    private LlmPlatform.Hosting.Configuration.PlatformConfiguration File() =>
        Files.Of(Files.Probed("p", _provider.BaseUrl));

    private Task<ProviderHealth> NextAsync(RouterReplica replica)
    {
        _clock.Advance(Interval);
        return ProbedAsync(replica);
    }

    /// <summary>What is written down once the probe of this moment is.</summary>
    private async Task<ProviderHealth> ProbedAsync(RouterReplica replica)
    {
        var health = await Eventually.UntilAsync(
            () => replica.InScopeAsync(database => database.ProviderHealth.AsNoTracking().SingleOrDefaultAsync(Cancel)),
            row => row?.LastProbeAt == _clock.GetUtcNow(),
            TimeSpan.FromSeconds(60),
            "the provider was probed at the present moment",
            Cancel);
        return health!;
    }
}
