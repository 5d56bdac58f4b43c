using System.Text.Json;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Catalog;
using LlmPlatform.Router.Client;
using LlmPlatform.Router.Publishing;

namespace LlmPlatform.Router.Tests.Catalog;

public sealed class CatalogBuilderTests
{
    private static readonly HashSet<string> NoneDown = [];

    [Fact]
    public void An_unchanged_file_says_the_same_after_a_restart_though_encryption_never_repeats()
    {
        var file = Files.Of(Files.Provider("a"), Files.Provider("b"));
        var first = Builder().Build(file, before: null, NoneDown);

        var restarted = Builder().Build(file, Kept(first), NoneDown);

        Assert.Equal(SnapshotHash.OfContent(first), SnapshotHash.OfContent(restarted));
        Assert.NotEqual(
            SnapshotHash.OfContent(first),
            SnapshotHash.OfContent(Builder().Build(file, before: null, NoneDown)));
    }

    [Fact]
    public void Where_an_entry_stands_in_the_file_makes_no_difference()
    {
        var first = Builder().Build(Files.Of(Files.Provider("a"), Files.Provider("b")), null, NoneDown);
        var turned = Builder().Build(Files.Of(Files.Provider("b"), Files.Provider("a")), Kept(first), NoneDown);

        Assert.Equal(SnapshotHash.OfContent(first), SnapshotHash.OfContent(turned));
    }

    [Fact]
    public void A_new_credential_is_a_change()
    {
        var first = Builder().Build(Files.Of(Files.Provider("a")), null, NoneDown);
        var changed = Files.Provider("a") with { ApiKey = new Secret("another") };

        var next = Builder().Build(Files.Of(changed), Kept(first), NoneDown);

        Assert.NotEqual(SnapshotHash.OfCatalog(first), SnapshotHash.OfCatalog(next));
        Assert.Equal("providers: changed a", CatalogDifference.Describe(first, next));
    }

    [Fact]
    public void A_new_encryption_key_is_a_change_that_edges_can_open()
    {
        var first = Builder(encryptionKey: 1).Build(Files.Of(Files.Provider("a")), null, NoneDown);
        var rotated = Builder(encryptionKey: 2).Build(Files.Of(Files.Provider("a")), Kept(first), NoneDown);

        var opened = RouterReplica.EnvironmentOf("", encryptionKey: 2).Credentials!
            .Decrypt(rotated.Providers[0].EncryptedApiKey!, RoutingSnapshots.CredentialOf("a"));

        Assert.NotEqual(SnapshotHash.OfContent(first), SnapshotHash.OfContent(rotated));
        Assert.Equal(Files.Credential, opened);
    }

    [Fact]
    public void Health_changes_the_content_and_not_the_catalogue()
    {
        var file = Files.Of(Files.Provider("a"));
        var up = Builder().Build(file, null, NoneDown);
        var down = Builder().Build(file, Kept(up), new HashSet<string> { "a" });

        Assert.False(down.Providers[0].Up);
        Assert.NotEqual(SnapshotHash.OfContent(up), SnapshotHash.OfContent(down));
        Assert.Equal(SnapshotHash.OfCatalog(up), SnapshotHash.OfCatalog(down));
        Assert.Equal("", CatalogDifference.Describe(up, down));
    }

    [Fact]
    public void What_is_switched_off_is_left_out()
    {
        var off = Files.Provider("off") with { Enabled = false, DisabledReason = "its key is not set", ApiKey = null };
        var file = Files.Of(Files.Provider("on"), off);
        file = file with
        {
            Models =
            [
                .. file.Models,
                new ModelConfiguration { Name = "empty", Enabled = false },
                new ModelConfiguration
                {
                    Name = "stale", Deployments = [new DeploymentConfiguration { Provider = "off", Model = "m" }],
                },
            ],
        };

        var snapshot = Builder().Build(file, null, NoneDown);

        Assert.Equal(["on"], snapshot.Providers.Select(provider => provider.Name));
        Assert.Equal(["model-on"], snapshot.Models.Select(model => model.Name));
    }

    [Fact]
    public void Kinds_and_strategies_are_spelled_as_in_the_file()
    {
        var file = Files.Of(
            Files.Provider("a") with { Kind = ProviderKind.OpenAi },
            Files.Provider("b") with { Kind = ProviderKind.OpenAiCompatible });
        file = file with { Models = [file.Models[0] with { Strategy = RoutingStrategy.RoundRobin }, file.Models[1]] };

        var snapshot = Builder().Build(file, null, NoneDown);

        Assert.Equal(["openai", "openai_compatible"], snapshot.Providers.Select(provider => provider.Kind));
        Assert.Equal(["round_robin", "weighted"], snapshot.Models.Select(model => model.Strategy));
    }

    [Fact]
    public void A_credential_is_nowhere_in_clear()
    {
        var snapshot = Builder().Build(Files.Of(Files.Provider("a")), null, NoneDown);

        var text = JsonSerializer.Serialize(snapshot, SnapshotFeeds.Json);
        Assert.DoesNotContain(Files.Credential, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Files.Credential, CatalogDifference.Describe(null, snapshot), StringComparison.Ordinal);
    }

    /// <summary>A snapshot as it comes back from the database.</summary>
    private static RoutingSnapshot Kept(RoutingSnapshot snapshot) =>
        PublishedSnapshot.Of(snapshot, DateTimeOffset.UnixEpoch).Read();

    private static CatalogBuilder Builder(byte encryptionKey = 1) =>
        new(RouterReplica.EnvironmentOf("", encryptionKey));
}
