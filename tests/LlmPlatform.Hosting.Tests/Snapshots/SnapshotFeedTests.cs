using System.Net;
using System.Net.Http.Headers;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Network;

namespace LlmPlatform.Hosting.Tests.Snapshots;

public sealed class SnapshotFeedTests : IDisposable
{
    private const string Key = "a master key for tests";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    // Longer than any test waits: only an announcement can be what woke the feed.
    private static readonly SnapshotOptions _patient = new() { PollInterval = TimeSpan.FromMinutes(10) };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llm-platform-snapshots-");

    private static MasterKey KeysOf(string keys) => MasterKey.Read(
        $"the master key, {keys.Split(' ')[0]}",
        [],
        keys.Split(' ') is [_, var before] ? $"the master key, {before}" : null);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string DiskCopy => Path.Combine(_folder.FullName, "snapshots", "catalogue.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_snapshot_is_had_at_start_and_asked_for_again_only_when_it_changes()
    {
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        await using var follower = SnapshotFollower.Build(owner.Address, Key, _folder.FullName);
        var changes = new List<long>();
        follower.Feed.Changed += snapshot => changes.Add(snapshot.Version);
        Assert.Null(follower.Feed.Current);

        await follower.StartAsync();
        await follower.Feed.FirstAsync(Cancellation).WaitAsync(_patience, Cancellation);
        await Eventually.UntilAsync(
            () => owner.Answers.Count(status => status == 304) >= 2, _patience, "polls go on", Cancellation);
        Assert.Equal(Version(1), follower.Feed.Current);
        Assert.Single(owner.Answers, status => status == 200);

        owner.Current = Version(2);
        await follower.UntilAsync(current => current == Version(2), "the new version is had");
        Assert.Equal([1, 2], changes);
    }

    [Fact]
    public async Task An_announced_version_is_pulled_at_once_and_the_one_at_hand_is_not_pulled_again()
    {
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        await using var follower = SnapshotFollower.Build(owner.Address, Key, _folder.FullName, _patient);
        await follower.StartAsync();
        await follower.UntilAsync(current => current == Version(1), "the first version is had");

        follower.Feed.Announce(1);
        owner.Current = Version(2);
        Parallel.For(0, 50, _ => follower.Feed.Announce(2));
        await follower.UntilAsync(current => current == Version(2), "the announced version is had");
        follower.Feed.Announce(2);

        // At most one wake was left over from the crowd.
        Assert.InRange(owner.Answers.Count, 2, 3);
    }

    [Fact]
    public async Task While_the_owner_is_away_the_last_snapshot_stays_in_force_and_its_return_is_noticed()
    {
        using var port = new HeldPort();
        var owner = await SnapshotOwner.StartAsync(Version(1), Key, port.Number);
        var address = owner.Address;
        await using var follower = SnapshotFollower.Build(address, Key, _folder.FullName);
        await follower.StartAsync();
        await follower.UntilAsync(current => current == Version(1), "the first version is had");

        owner.Current = null;
        await Eventually.UntilAsync(() => owner.Answers.Contains(503), _patience, "the owner has none", Cancellation);
        await owner.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => new HttpClient().GetAsync(address, Cancellation));
        Assert.Equal(Version(1), follower.Feed.Current);

        await using var back = await SnapshotOwner.StartAsync(Version(5), Key, address.Port);
        await follower.UntilAsync(current => current == Version(5), "the owner is back");
    }

    [Fact]
    public async Task A_process_that_starts_while_the_owner_is_away_goes_on_with_the_copy_on_disk()
    {
        var owner = await SnapshotOwner.StartAsync(Version(3), Key);
        var address = owner.Address;
        await using (var before = SnapshotFollower.Build(address, Key, _folder.FullName))
        {
            await before.StartAsync();
            await before.UntilAsync(current => current == Version(3), "the snapshot is had");
            await Eventually.UntilAsync(() => File.Exists(DiskCopy), _patience, "it is on disk", Cancellation);
        }

        await owner.DisposeAsync();
        await using var after = SnapshotFollower.Build(address, Key, _folder.FullName);

        Assert.Equal(Version(3), after.Feed.Current);
        Assert.True(after.Feed.FirstAsync(Cancellation).IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("old", "new old")]
    [InlineData("new old", "old")]
    [InlineData("new old", "new old")]
    [InlineData("new", "new old")]
    [InlineData("new old", "new")]
    public async Task While_the_master_key_is_replaced_services_of_either_key_follow_each_other(
        string ownerKeys, string followerKeys)
    {
        await using var owner = await SnapshotOwner.StartAsync(Version(1), KeysOf(ownerKeys));
        await using var follower = SnapshotFollower.Build(owner.Address, KeysOf(followerKeys), _folder.FullName);
        await follower.StartAsync();

        await follower.UntilAsync(current => current == Version(1), "the snapshot is had");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"version\": 9, \"te")]
    [InlineData("null")]
    [InlineData("{ \"version\": 9 }")]
    public async Task A_damaged_copy_on_disk_is_ignored_and_replaced(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DiskCopy)!);
        await File.WriteAllTextAsync(DiskCopy, text, Cancellation);
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        await using var follower = SnapshotFollower.Build(owner.Address, Key, _folder.FullName);
        Assert.Null(follower.Feed.Current);

        await follower.StartAsync();
        await follower.UntilAsync(current => current == Version(1), "the snapshot is had");
        await Eventually.UntilAsync(
            () => File.ReadAllTextAsync(DiskCopy, Cancellation),
            copy => copy.Contains("one of 1", StringComparison.Ordinal),
            _patience,
            "the copy is replaced",
            Cancellation);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_costs_the_copy_and_not_the_snapshot()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "snapshots"), "not a folder", Cancellation);
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        await using var follower = SnapshotFollower.Build(owner.Address, Key, _folder.FullName);

        await follower.StartAsync();

        await follower.UntilAsync(current => current == Version(1), "the snapshot is had");
    }

    [Fact]
    public async Task Only_a_service_of_the_platform_is_served()
    {
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        await using var stranger = SnapshotFollower.Build(owner.Address, Key + "!", _folder.FullName);
        await stranger.StartAsync();
        await Eventually.UntilAsync(() => owner.Answers.Contains(401), _patience, "it was refused", Cancellation);
        Assert.Null(stranger.Feed.Current);

        // The master key opens the admin API, and not this.
        using var client = new HttpClient { BaseAddress = owner.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var response = await client.GetAsync(
            new Uri("/internal/v1/snapshots/catalogue", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_snapshot_over_the_limit_is_refused_and_the_last_one_stays()
    {
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        var options = new SnapshotOptions { PollInterval = TimeSpan.FromMilliseconds(50), MaxBytes = 1024 };
        await using var follower = SnapshotFollower.Build(owner.Address, Key, _folder.FullName, options);
        await follower.StartAsync();
        await follower.UntilAsync(current => current == Version(1), "the first version is had");

        owner.Current = new Catalogue { Version = 2, Text = new string('x', 2000) };
        var asked = owner.Answers.Count;
        await Eventually.UntilAsync(
            () => owner.Answers.Count >= asked + 3, _patience, "it was offered three times", Cancellation);
        Assert.Equal(Version(1), follower.Feed.Current);

        owner.Current = Version(3);
        await follower.UntilAsync(current => current == Version(3), "a smaller one is taken");
    }

    [Fact]
    public async Task A_snapshot_that_its_reader_cannot_use_is_refused_and_the_last_one_stays()
    {
        await using var owner = await SnapshotOwner.StartAsync(Version(1), Key);
        await using var follower = SnapshotFollower.Build(owner.Address, Key, _folder.FullName);
        var refusals = 0;
        follower.Feed.Changed += snapshot =>
        {
            if (snapshot.Version == 2)
            {
                Interlocked.Increment(ref refusals);
                throw new InvalidOperationException("Two routes of one name.");
            }
        };
        await follower.StartAsync();
        await follower.UntilAsync(current => current == Version(1), "the first version is had");

        owner.Current = Version(2);
        await Eventually.UntilAsync(() => refusals >= 2, _patience, "it was tried again", Cancellation);
        Assert.Equal(Version(1), follower.Feed.Current);
        Assert.Contains("one of 1", await File.ReadAllTextAsync(DiskCopy, Cancellation), StringComparison.Ordinal);

        owner.Current = Version(3);
        await follower.UntilAsync(current => current == Version(3), "the next one is taken");
    }

    private static Catalogue Version(long version) => new() { Version = version, Text = $"one of {version}" };
}
