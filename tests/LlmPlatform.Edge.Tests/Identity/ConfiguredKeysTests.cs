using System.Net;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using Npgsql;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>The configuration file changes while the platform runs: its keys follow.</summary>
public sealed class ConfiguredKeysTests(EdgeUnderTest edge) : IAsyncLifetime
{
    private readonly string _first = NewSecret();
    private readonly string _second = NewSecret();
    private ChangingConfiguration _file = null!;
    private SecondEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _file = new ChangingConfiguration(With(("a", _first), ("b", _second)));
        _edge = await SecondEdge.StartAsync(edge, _file);
    }

    public ValueTask DisposeAsync() => _edge.DisposeAsync();

    [Fact]
    public async Task A_secret_replaced_in_the_file_is_refused_at_once_and_may_come_back()
    {
        var replacement = NewSecret();
        await _file.ReplaceAsync(With(("a", replacement), ("b", _second)));
        Assert.Equal(HttpStatusCode.Unauthorized, await _edge.StatusAsync(_first));
        await _edge.ReachesAsync(replacement, HttpStatusCode.OK);

        await _file.ReplaceAsync(With(("a", _first), ("b", _second)));
        await _edge.ReachesAsync(_first, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Unauthorized, await _edge.StatusAsync(replacement));
    }

    [Fact]
    public async Task A_key_that_is_renamed_keeps_its_secret()
    {
        await _file.ReplaceAsync(With(("renamed", _first), ("b", _second)));

        await _edge.ReachesAsync(_first, HttpStatusCode.OK);
        Assert.Equal("renamed", await NameOfAsync(_first));
        Assert.Equal(HttpStatusCode.OK, await _edge.StatusAsync(_second));
    }

    [Fact]
    public async Task Two_keys_that_exchange_their_secrets_are_known_by_each_others()
    {
        await _file.ReplaceAsync(With(("a", _second), ("b", _first)));

        await _edge.ReachesAsync(_first, HttpStatusCode.OK);
        await _edge.ReachesAsync(_second, HttpStatusCode.OK);
        Assert.Equal(("b", "a"), (await NameOfAsync(_first), await NameOfAsync(_second)));
    }

    [Fact]
    public async Task A_key_that_left_the_file_is_refused_at_once_and_works_when_it_is_declared_again()
    {
        await _file.ReplaceAsync(With(("b", _second)));
        Assert.Equal(HttpStatusCode.Unauthorized, await _edge.StatusAsync(_first));

        await _file.ReplaceAsync(With(("a", _first), ("b", _second)));
        await _edge.ReachesAsync(_first, HttpStatusCode.OK);
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
        await using var connection = new NpgsqlConnection(_edge.Postgres);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
