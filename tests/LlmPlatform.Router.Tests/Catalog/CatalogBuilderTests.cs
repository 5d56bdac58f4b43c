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
    public void AWS_keys_travel_as_one_credential_that_an_edge_can_read()
    {
        var file = Files.Of(Bedrock(secret: "aws-secret"));

        var provider = Builder().Build(file, null, NoneDown).Providers.Single();

        Assert.True(AwsKeys.TryRead(Open(provider.EncryptedApiKey, RoutingSnapshots.CredentialOf("b")), out var keys));
        Assert.Equal(
            ("AKIA", "aws-secret", "aws-session"), (keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken));
        Assert.False(AwsKeys.TryRead(Files.Credential, out _));
        Assert.False(AwsKeys.TryRead("""{"type":"service_account"}""", out _));
    }

    [Fact]
    public void AWS_keys_are_kept_while_they_are_the_same_and_change_together()
    {
        var first = Builder().Build(Files.Of(Bedrock("aws-secret")), null, NoneDown);
        var same = Builder().Build(Files.Of(Bedrock("aws-secret")), Kept(first), NoneDown);
        var next = Builder().Build(Files.Of(Bedrock("another-secret")), Kept(first), NoneDown);

        Assert.Equal(SnapshotHash.OfContent(first), SnapshotHash.OfContent(same));
        Assert.Equal("providers: changed b", CatalogDifference.Describe(first, next));
    }

    [Fact]
    public void While_the_encryption_key_is_replaced_credentials_are_encrypted_anew_once()
    {
        var file = Files.Of(WithHeaders(("X-A", "one")));
        var first = Builder(encryptionKey: 1).Build(file, null, NoneDown);
        var replacing = Builder(encryptionKey: 2, encryptionKeyBefore: 1).Build(file, Kept(first), NoneDown);
        var again = Builder(encryptionKey: 2, encryptionKeyBefore: 1).Build(file, Kept(replacing), NoneDown);
        var replaced = Builder(encryptionKey: 2).Build(file, Kept(again), NoneDown);

        var edge = RouterReplica.EnvironmentOf("", encryptionKey: 2).Credentials!;
        Assert.Equal(Files.Credential, edge.Decrypt(
            replacing.Providers[0].EncryptedApiKey!, RoutingSnapshots.CredentialOf("a")));
        Assert.True(edge.IsCurrent(replacing.Providers[0].EncryptedHeaders!, RoutingSnapshots.HeadersOf("a")));
        Assert.NotEqual(SnapshotHash.OfContent(first), SnapshotHash.OfContent(replacing));
        Assert.Equal(SnapshotHash.OfContent(replacing), SnapshotHash.OfContent(again));
        Assert.Equal(SnapshotHash.OfContent(replacing), SnapshotHash.OfContent(replaced));
    }

    [Fact]
    public void Headers_travel_encrypted_and_are_a_change_only_when_they_say_something_else()
    {
        var first = Builder().Build(Files.Of(WithHeaders(("X-A", "one"), ("X-B", "two"))), null, NoneDown);
        var turned = Builder().Build(Files.Of(WithHeaders(("X-B", "two"), ("X-A", "one"))), Kept(first), NoneDown);
        var next = Builder().Build(Files.Of(WithHeaders(("X-A", "one"), ("X-B", "three"))), Kept(first), NoneDown);

        Assert.Equal(
            """{"X-A":"one","X-B":"two"}""",
            Open(first.Providers[0].EncryptedHeaders, RoutingSnapshots.HeadersOf("a")));
        Assert.DoesNotContain("one", JsonSerializer.Serialize(first, SnapshotFeeds.Json), StringComparison.Ordinal);
        Assert.Equal(SnapshotHash.OfContent(first), SnapshotHash.OfContent(turned));
        Assert.Equal("providers: changed a", CatalogDifference.Describe(first, next));
    }

    [Fact]
    public void What_a_cloud_asks_for_and_what_a_model_says_of_leaving_callers_reach_the_edge()
    {
        var file = Files.Of(
            Files.Provider("a") with { Vendor = ProviderVendor.DashScope, ApiVersion = "v1", Project = "p" },
            Bedrock("aws-secret"));
        file = file with { Models = [file.Models[0] with { OnDisconnect = DisconnectPolicy.Abort }, file.Models[1]] };

        var snapshot = Kept(Builder().Build(file, null, NoneDown));

        var (a, b) = (snapshot.Providers[0], snapshot.Providers[1]);
        Assert.Equal(("dashscope", "v1", "p", null), (a.Vendor, a.ApiVersion, a.Project, a.Location));
        Assert.Equal((null, "eu-central-1", null), (b.Vendor, b.Location, b.EncryptedHeaders));
        Assert.Equal(["abort", "drain"], snapshot.Models.Select(model => model.OnDisconnect));
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

    private static ProviderConfiguration Bedrock(string secret) => Files.Provider("b") with
    {
        Kind = ProviderKind.Bedrock,
        ApiKey = null,
        Location = "eu-central-1",
        AccessKeyId = new Secret("AKIA"),
        SecretAccessKey = new Secret(secret),
        SessionToken = new Secret("aws-session"),
    };

    private static ProviderConfiguration WithHeaders(params (string Name, string Value)[] headers) =>
        Files.Provider("a") with
        {
            Headers = headers.ToDictionary(header => header.Name, header => new Secret(header.Value)),
        };

    private static string Open(string? encrypted, string owner) =>
        RouterReplica.EnvironmentOf("").Credentials!.Decrypt(encrypted!, owner);

    /// <summary>A snapshot as it comes back from the database.</summary>
    private static RoutingSnapshot Kept(RoutingSnapshot snapshot) =>
        PublishedSnapshot.Of(snapshot, DateTimeOffset.UnixEpoch).Read();

    private static CatalogBuilder Builder(byte encryptionKey = 1, byte? encryptionKeyBefore = null) =>
        new(RouterReplica.EnvironmentOf("", encryptionKey, encryptionKeyBefore), TimeProvider.System);
}
