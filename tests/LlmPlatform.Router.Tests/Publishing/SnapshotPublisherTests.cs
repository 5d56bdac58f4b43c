using System.Text.Json;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Routing;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Router.Health;
using LlmPlatform.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Tests.Publishing;

public sealed class SnapshotPublisherTests : IAsyncLifetime
{
    private static readonly string Announcement = typeof(RoutingSnapshotPublished).FullName!;
    private static readonly string Change = typeof(AdminChangeRecorded).FullName!;

    private readonly ManualTimeProvider _clock = new();
    private string _postgres = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _postgres = await RouterReplica.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_version_is_made_when_something_changed_and_only_then()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await using var replica = RouterReplica.Build(_postgres, file, _clock);

        Assert.Equal(1, await replica.Publisher.PublishIfChangedAsync(Cancel));
        Assert.Null(await replica.Publisher.PublishIfChangedAsync(Cancel));
        await file.ChangeAsync(Files.Of(Files.Provider("a"), Files.Provider("b")));
        Assert.Equal(2, await replica.Publisher.PublishIfChangedAsync(Cancel));
        Assert.Null(await replica.Publisher.PublishIfChangedAsync(Cancel));

        Assert.Equal([1, 2], await replica.VersionsAsync());
    }

    [Fact]
    public async Task A_restart_with_the_same_file_makes_no_version()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a"), Files.Provider("b")));
        await using (var replica = RouterReplica.Build(_postgres, file, _clock))
            await replica.Publisher.PublishIfChangedAsync(Cancel);

        await using var restarted = RouterReplica.Build(_postgres, file, _clock);

        Assert.Null(await restarted.Publisher.PublishIfChangedAsync(Cancel));
        Assert.Equal([1], await restarted.VersionsAsync());
    }

    [Fact]
    public async Task A_version_and_its_messages_are_written_together()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await using var replica = RouterReplica.Build(_postgres, file, _clock);

        await replica.Publisher.PublishIfChangedAsync(Cancel);

        var rows = await replica.OutboxAsync();
        Assert.Equal([Announcement, Change], rows.Select(row => row.Type));
        var announced = JsonSerializer.Deserialize<RoutingSnapshotPublished>(rows[0].Body, JsonSerializerOptions.Web)!;
        var change = JsonSerializer.Deserialize<AdminChangeRecorded>(rows[1].Body, JsonSerializerOptions.Web)!;
        Assert.Equal(1, announced.Version);
        Assert.Equal(("file", "routing.changed", "routing"), (change.Actor, change.Action, change.Resource));
        Assert.Equal("providers: added a; models: added model-a", change.Summary);
        Assert.Equal(_clock.GetUtcNow(), change.ChangedAt);
    }

    [Fact]
    public async Task Without_its_messages_a_version_is_not_written()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await using var replica = RouterReplica.Build(_postgres, file, _clock);
        await replica.InScopeAsync(database => database.Database.ExecuteSqlRawAsync(
            "ALTER TABLE router.outbox_message ADD CONSTRAINT no_more CHECK (false)", Cancel));

        await Assert.ThrowsAsync<DbUpdateException>(() => replica.Publisher.PublishIfChangedAsync(Cancel));

        Assert.Empty(await replica.VersionsAsync());
    }

    [Fact]
    public async Task Publishers_at_once_make_one_version_and_announce_it_once()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        var replicas = Enumerable.Range(0, 6).Select(_ => RouterReplica.Build(_postgres, file, _clock)).ToList();

        var made = await Task.WhenAll(replicas.Select(replica =>
            Task.Run(() => replica.Publisher.PublishIfChangedAsync(Cancel), Cancel)));

        Assert.Equal(1, Assert.Single(made, version => version is not null));
        Assert.Equal([1], await replicas[0].VersionsAsync());
        Assert.Single(await replicas[0].OutboxAsync(), row => row.Type == Announcement);
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }

    [Fact]
    public async Task Health_makes_a_version_and_no_audit_record()
    {
        var probed = Files.Probed("a", new Uri("http://127.0.0.1:9/v1"));
        var file = new ChangingConfiguration(Files.Of(probed));
        await using var replica = RouterReplica.Build(_postgres, file, _clock);
        await replica.Publisher.PublishIfChangedAsync(Cancel);

        await GoDownAsync(replica, file.Current);
        Assert.Equal(2, await replica.Publisher.PublishIfChangedAsync(Cancel));

        Assert.False((await replica.Shelf.RefreshAsync(Cancel))!.Providers.Single().Up);
        var rows = await replica.OutboxAsync();
        Assert.Equal([Announcement, Change, Announcement], rows.Select(row => row.Type));
    }

    [Fact]
    public async Task A_file_changed_and_changed_back_is_three_changes_to_the_audit_trail()
    {
        var first = Files.Of(Files.Provider("a"));
        var file = new ChangingConfiguration(first);
        await using var replica = RouterReplica.Build(_postgres, file, _clock);
        foreach (var next in new[] { first, Files.Of(Files.Provider("b")), first })
        {
            await file.ChangeAsync(next);
            await replica.Publisher.PublishIfChangedAsync(Cancel);
        }

        var changes = (await replica.OutboxAsync()).Where(row => row.Type == Change)
            .Select(row => JsonSerializer.Deserialize<AdminChangeRecorded>(row.Body, JsonSerializerOptions.Web)!);

        Assert.Equal(3, changes.Select(change => change.ChangeId).Distinct().Count());
    }

    [Fact]
    public async Task Old_versions_are_dropped()
    {
        var file = new ChangingConfiguration(Files.Of());
        await using var replica = RouterReplica.Build(_postgres, file, _clock);
        for (var version = 1; version <= 8; version++)
        {
            await file.ChangeAsync(Files.Of(Files.Provider($"p{version}")));
            Assert.Equal(version, await replica.Publisher.PublishIfChangedAsync(Cancel));
        }

        Assert.Equal([4, 5, 6, 7, 8], await replica.VersionsAsync());
    }

    [Fact]
    public async Task No_credential_is_in_the_database_in_clear()
    {
        var file = new ChangingConfiguration(Files.Of(Files.Provider("a")));
        await using var replica = RouterReplica.Build(_postgres, file, _clock);
        await replica.Publisher.PublishIfChangedAsync(Cancel);

        var content = await replica.InScopeAsync(database =>
            database.Snapshots.Select(snapshot => snapshot.Content).SingleAsync(Cancel));

        Assert.Contains("encryptedApiKey", content, StringComparison.Ordinal);
        Assert.DoesNotContain(Files.Credential, content, StringComparison.Ordinal);
        Assert.All(await replica.OutboxAsync(), row =>
            Assert.DoesNotContain(Files.Credential, row.Body, StringComparison.Ordinal));
    }

    private async Task GoDownAsync(RouterReplica replica, PlatformConfiguration file)
    {
        var book = replica.Services.GetRequiredService<ProviderHealthBook>();
        var target = ProbeTarget.Of(file).Single();
        for (var probe = 0; probe < 3; probe++)
            await book.CountAsync(target, new ProbeResult(false, "timeout", _clock.GetUtcNow()), Cancel);
    }
}
