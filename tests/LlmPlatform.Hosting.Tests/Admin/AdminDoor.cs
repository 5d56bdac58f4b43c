using System.Net;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Tests.Admin;

/// <summary>A real Kestrel with an admin API of a few endpoints, and with the answer to whose key it is.</summary>
internal sealed class AdminDoor : IAsyncDisposable
{
    public const string MasterKeyText = "a master key for tests";

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private AdminDoor(WebApplication app)
    {
        _app = app;
        _http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address => new(_app.Urls.Single());

    public static async Task<AdminDoor> StartAsync(IOperatorKeys keys, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(new PlatformEnvironment { MasterKey = MasterKey.Read(MasterKeyText, []) });
        builder.Services.AddSingleton(keys);
        var app = builder.Build();
        app.MapOperatorKeys();
        var admin = app.MapAdmin();
        admin.MapGet("/things", () => "read");
        admin.MapPost("/things", () => "changed");
        admin.MapPost("/things/explain", () => "explained").OpenTo(KeyRole.Auditor);
        var bills = admin.MapGroup("/bills").OpenTo(KeyRole.Finance);
        bills.MapPost("", () => "changed");
        admin.MapGet("/of/{tenant}", Own).OpenTo(KeyRole.TenantAdmin);
        admin.MapGet("/actor", (HttpContext context) => context.Actor());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AdminDoor(app);
    }

    public async Task<(HttpStatusCode Status, string Text)> AskAsync(string method, string path, string key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/v1/" + path);
        request.Headers.Authorization = new("Bearer", key);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static IResult Own(string tenant, AdminOperator who) =>
        who.TryNarrow(tenant, out var narrowed, out var problem) ? Results.Ok(narrowed) : problem;
}
