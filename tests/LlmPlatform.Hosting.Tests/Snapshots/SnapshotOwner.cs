using System.Collections.Concurrent;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Tests.Snapshots;

/// <summary>A real Kestrel that owns the catalogue, and notes how each pull was answered.</summary>
internal sealed class SnapshotOwner : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SnapshotOwner(WebApplication app) => _app = app;

    public static SnapshotSource<Catalogue> Source { get; } =
        new("catalogue", "router", catalogue => catalogue.Version);

    public Catalogue? Current { get; set; }

    public ConcurrentQueue<int> Answers { get; } = [];

    public Uri Address => new(_app.Urls.Single());

    public static Task<SnapshotOwner> StartAsync(Catalogue? current, string masterKey, int port = 0) =>
        StartAsync(current, MasterKey.Read(masterKey, []), port);

    public static async Task<SnapshotOwner> StartAsync(Catalogue? current, MasterKey masterKey, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(new PlatformEnvironment { MasterKey = masterKey });
        var app = builder.Build();
        var owner = new SnapshotOwner(app) { Current = current };
        app.Use(async (context, next) =>
        {
            // Before the first byte leaves: who has the answer may look at once.
            context.Response.OnStarting(() =>
            {
                owner.Answers.Enqueue(context.Response.StatusCode);
                return Task.CompletedTask;
            });
            await next(context);
        });
        app.MapSnapshot(Source, (_, _) => ValueTask.FromResult(owner.Current));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return owner;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
