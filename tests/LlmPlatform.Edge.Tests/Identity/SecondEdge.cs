using System.Net;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>An edge with a configuration file and a database of its own, beside the one all tests share.</summary>
internal sealed class SecondEdge : IAsyncDisposable
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(60);

    private readonly EdgeUnderTest _first;
    private readonly IPlatformConfigurationSource _file;
    private readonly string _data = Path.Combine(Path.GetTempPath(), "edge-second-" + Path.GetRandomFileName());
    private WebApplication? _app;

    private SecondEdge(EdgeUnderTest first, IPlatformConfigurationSource file, string postgres)
    {
        _first = first;
        _file = file;
        Postgres = postgres;
    }

    public string Postgres { get; }

    public UsageSpool Spool => _app!.Services.GetRequiredService<UsageSpool>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SecondEdge> StartAsync(EdgeUnderTest first, IPlatformConfigurationSource file)
    {
        var postgres = await (await TestServers.SharedAsync()).CreateDatabaseAsync();
        var edge = new SecondEdge(first, file, postgres);
        await edge.StartAsync();
        return edge;
    }

    /// <summary>Ends it and starts it anew on the same disk.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public Task<HttpStatusCode> ReachesAsync(string secret, HttpStatusCode status) => Eventually.UntilAsync(
        () => StatusAsync(secret), seen => seen == status, _soon, $"the caller is answered with {status}", Token);

    public async Task<HttpStatusCode> StatusAsync(string secret)
    {
        using var answer = await ChatAsync(secret);
        return answer.StatusCode;
    }

    public Task<HttpResponseMessage> ChatAsync(string secret, string model = "m1") => _first.SendAsync(
        HttpMethod.Post,
        new Uri(new Uri(_app!.Urls.Single()), "/v1/chat/completions").ToString(),
        secret,
        EdgeUnderTest.Body(model),
        Token);

    public async Task<HttpResponseMessage> AdminAsync(HttpMethod method, string path) => await _first.SendAsync(
        method, new Uri(new Uri(_app!.Urls.Single()), "/admin/v1/" + path).ToString(), EdgeUnderTest.MasterKeyText,
        null, Token);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task StartAsync()
    {
        var isNew = !Directory.Exists(_data);
        _app = _first.BuildSecond(Postgres, _data, _file);
        if (isNew)
        {
            File.Delete(Path.Combine(_data, "snapshots", "keys.json"));
            await new EdgeModule().MigrateAsync(_app.Services, Token);
        }

        await _app.StartAsync(Token);
        var known = _file.Current.Keys[0].Secret.Reveal();
        await ReachesAsync(known, HttpStatusCode.OK);
    }

    private async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
            _app = null;
        }
    }
}
