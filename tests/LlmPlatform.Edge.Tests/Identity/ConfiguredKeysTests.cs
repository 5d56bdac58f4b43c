using System.Net;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>The configuration file changes while the platform runs: its keys follow.</summary>
public sealed class ConfiguredKeysTests(EdgeUnderTest edge) : IAsyncLifetime
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(20);

    private readonly string _data = Path.Combine(Path.GetTempPath(), "edge-file-" + Path.GetRandomFileName());
    private readonly string _first = NewSecret();
    private readonly string _second = NewSecret();
    private ChangingConfiguration _file = null!;
    private WebApplication _edge = null!;
    private string _postgres = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _postgres = await (await TestServers.SharedAsync()).CreateDatabaseAsync();
        _file = new ChangingConfiguration(With(("a", _first), ("b", _second)));
        _edge = edge.BuildSecond(_postgres, _data, _file);
        File.Delete(Path.Combine(_data, "snapshots", "keys.json"));
        await new EdgeModule().MigrateAsync(_edge.Services, Token);
        await _edge.StartAsync(Token);
        await ReachesAsync(_first, HttpStatusCode.OK);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.StopAsync(CancellationToken.None);
        await _edge.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_secret_replaced_in_the_file_is_refused_at_once_and_may_come_back()
    {
        var replacement = NewSecret();
        await _file.ReplaceAsync(With(("a", replacement), ("b", _second)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_first));
        await ReachesAsync(replacement, HttpStatusCode.OK);

        await _file.ReplaceAsync(With(("a", _first), ("b", _second)));
        await ReachesAsync(_first, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(replacement));
    }

    [Fact]
    public async Task A_key_that_is_renamed_keeps_its_secret()
    {
        await _file.ReplaceAsync(With(("renamed", _first), ("b", _second)));

        await ReachesAsync(_first, HttpStatusCode.OK);
        Assert.Equal("renamed", await NameOfAsync(_first));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_second));
    }

    [Fact]
    public async Task Two_keys_that_exchange_their_secrets_are_known_by_each_others()
    {
        await _file.ReplaceAsync(With(("a", _second), ("b", _first)));

        await ReachesAsync(_first, HttpStatusCode.OK);
        await ReachesAsync(_second, HttpStatusCode.OK);
        Assert.Equal(("b", "a"), (await NameOfAsync(_first), await NameOfAsync(_second)));
    }

    [Fact]
    public async Task A_key_that_left_the_file_is_refused_at_once_and_works_when_it_is_declared_again()
    {
        await _file.ReplaceAsync(With(("b", _second)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_first));

        await _file.ReplaceAsync(With(("a", _first), ("b", _second)));
        await ReachesAsync(_first, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_file_that_says_the_same_again_writes_nothing()
    {
        var before = await ScalarAsync("SELECT version FROM edge.identity_version");
        await _file.ReplaceAsync(With(("a", _first), ("b", _second)));

        Assert.Equal(before, await ScalarAsync("SELECT version FROM edge.identity_version"));
    }

    private static string NewSecret() => "sk-of-the-file-" + Path.GetRandomFileName() + Path.GetRandomFileName();

    private static PlatformConfiguration With(params (string Name, string Secret)[] keys) => new()
    {
        Tenants = [new TenantConfiguration { Name = "open" }],
        Keys =
        [
            .. keys.Select(key =>
                new KeyConfiguration { Name = key.Name, Tenant = "open", Secret = new Secret(key.Secret) }),
        ],
    };

    private async Task<string?> NameOfAsync(string secret)
    {
        var hash = SecretHash.Of(secret);
        return await ScalarAsync(
            $"SELECT k.name FROM edge.key_secret s JOIN edge.virtual_key k ON k.id = s.key_id WHERE s.hash = '{hash}'")
            as string;
    }

    private async Task<object?> ScalarAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(_postgres);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(Token);
    }

    private Task<HttpStatusCode> ReachesAsync(string secret, HttpStatusCode status) => Eventually.UntilAsync(
        () => StatusAsync(secret), seen => seen == status, _soon, $"the key is answered with {status}", Token);

    private async Task<HttpStatusCode> StatusAsync(string secret)
    {
        var address = new Uri(new Uri(_edge.Urls.Single()), "/v1/chat/completions");
        using var answer = await edge.SendAsync(
            HttpMethod.Post, address.ToString(), secret, EdgeUnderTest.Body("m1"), Token);
        return answer.StatusCode;
    }
}
