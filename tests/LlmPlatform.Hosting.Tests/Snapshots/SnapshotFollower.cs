using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Hosting.Tests.Snapshots;

/// <summary>A process that follows the catalogue.</summary>
internal sealed class SnapshotFollower : IAsyncDisposable
{
    private readonly IHost _host;

    private SnapshotFollower(IHost host) => _host = host;

    public SnapshotFeed<Catalogue> Feed => _host.Services.GetRequiredService<SnapshotFeed<Catalogue>>();

    public static SnapshotFollower Build(Uri owner, string masterKey, string folder, SnapshotOptions? options = null) =>
        Build(owner, MasterKey.Read(masterKey, []), folder, options);

    public static SnapshotFollower Build(Uri owner, MasterKey masterKey, string folder, SnapshotOptions? options = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(options ?? new SnapshotOptions { PollInterval = TimeSpan.FromMilliseconds(100) });
        builder.Services.AddSingleton(new PlatformEnvironment
        {
            MasterKey = masterKey,
            DataDirectory = folder,
            ServiceUrls = new Dictionary<string, Uri> { ["router"] = owner },
        });
        builder.Services.AddSnapshotFeed(SnapshotOwner.Source);
        return new SnapshotFollower(builder.Build());
    }

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    public Task UntilAsync(Func<Catalogue?, bool> holds, string because) => Eventually.UntilAsync(
        () => holds(Feed.Current), TimeSpan.FromSeconds(60), because, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
