using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit.Servers;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Router.Tests.Catalog;

public sealed class CatalogChangeTests : IAsyncLifetime
{
    private const string File =
        """
        server: { time_zone: UTC }
        providers:
          - { name: here, kind: openai_compatible, base_url: "http://127.0.0.1:9/v1", health: { enabled: false } }
        models:
          - { name: declared, deployments: [ { provider: here, model: m } ] }
        routes:
          - { when: { tag: batch }, use: { model: declared } }

        """;

    private const string Secret = "sk-secret-of-an-operator";

    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".yaml");
    private RouterReplica _router = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await System.IO.File.WriteAllTextAsync(_file, File);
        var postgres = await RouterReplica.CreateDatabaseAsync();
        var rabbitMq = await (await TestServers.SharedAsync()).CreateVirtualHostAsync();
        _router = await RouterReplica.StartAsync(postgres, new FixedConfigurationSource(Load()), rabbitMq);
        _client = _router.Operator();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _router.DisposeAsync();
        System.IO.File.Delete(_file);
    }

    [Fact]
    public async Task What_is_added_is_published_and_its_secret_is_seen_nowhere()
    {
        using var provider = await PostAsync("providers", new
        {
            name = "mine",
            kind = "openai_compatible",
            base_url = "http://127.0.0.1:9/v1",
            api_key = Secret + "${PATH}",
            health = new { enabled = false },
        });
        using var model = await PostAsync("models", Model("extra", "mine"));
        using var rule = await PostAsync("routes", new { when = new { stream = true }, use = new { model = "extra" } });

        Assert.Equal(HttpStatusCode.Created, model.StatusCode);
        var version = (await Json(rule)).GetProperty("snapshot_version").GetInt64();
        var snapshot = _router.Shelf.Newest!;
        Assert.Equal(version, snapshot.Version);
        Assert.Equal(["declared", "extra"], snapshot.Models.Select(known => known.Name));
        Assert.Equal(["declared", "extra"], snapshot.Rules.Select(known => known.UseModel));
        var kept = await _router.InScopeAsync(database => database.CatalogEntries.ToListAsync(Cancel));
        Assert.All(kept, entry => Assert.DoesNotContain(Secret, entry.EncryptedContent, StringComparison.Ordinal));
        var listed = await _client.GetStringAsync(new Uri("/admin/v1/providers", UriKind.Relative), Cancel);
        Assert.Contains("mine", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_change_is_refused_whole_with_every_fault()
    {
        var before = _router.Shelf.Newest?.Version;
        using var refused = await PostAsync("models", new
        {
            name = "bad",
            strategy = "fastest",
            colour = "red",
            deployments = new[] { new { provider = "nobody", model = "m", weight = 0 } },
        });

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var faults = (await Json(refused)).GetProperty("faults").EnumerateArray()
            .Select(fault => fault.GetProperty("path").GetString());
        Assert.Equal(
            ["colour", "deployments[0].provider", "deployments[0].weight", "strategy"], faults.Order().Distinct());
        Assert.Empty(await _router.InScopeAsync(database => database.CatalogEntries.ToListAsync(Cancel)));
        Assert.DoesNotContain(_router.Shelf.Newest?.Models ?? [], model => model.Name == "bad");
        Assert.True(before is null || _router.Shelf.Newest!.Version == before);
    }

    [Fact]
    public async Task What_the_file_declares_is_changed_there_and_what_is_used_is_not_taken_away()
    {
        using var declared = await _client.DeleteAsync(new Uri("/admin/v1/models/declared", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Conflict, declared.StatusCode);
        Assert.Contains(_file, (await Json(declared)).GetProperty("detail").GetString(), StringComparison.Ordinal);

        await PostAsync("models", Model("base", "here"));
        using var twice = await PostAsync("models", Model("base", "here"));
        Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        using var uses = await _client.PutAsJsonAsync(
            "/admin/v1/models/base",
            new { deployments = Deployments("here"), fallbacks = new[] { "declared" } },
            Cancel);
        Assert.Equal(HttpStatusCode.OK, uses.StatusCode);
        await PostAsync("routes", new { when = new { stream = true }, use = new { model = "base" } });
        using var used = await _client.DeleteAsync(new Uri("/admin/v1/models/base", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, used.StatusCode);
        Assert.Equal(
            "routes[1].use.model",
            (await Json(used)).GetProperty("faults")[0].GetProperty("path").GetString());
    }

    private PlatformConfiguration Load() => PlatformConfigurationLoader.Load(_file, _ => null).Configuration!;

    private static object Model(string name, string provider) => new { name, deployments = Deployments(provider) };

    private static object[] Deployments(string provider) => [new { provider, model = "m" }];

    private Task<HttpResponseMessage> PostAsync(string section, object body) =>
        _client.PostAsJsonAsync($"/admin/v1/{section}", body, Cancel);

    private static Task<JsonElement> Json(HttpResponseMessage answer) =>
        answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
}
