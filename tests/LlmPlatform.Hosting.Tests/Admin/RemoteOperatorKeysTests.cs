using System.Net;
using System.Net.Sockets;
using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using LlmPlatform.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Tests.Admin;

/// <summary>A service asks the edge whose key it is.</summary>
public sealed class RemoteOperatorKeysTests : IDisposable
{
    private const string Secret = "sk-finance";

    private readonly ListedKeys _edgeKeys = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();

    public RemoteOperatorKeysTests() => _edgeKeys.List(Secret, KeyRole.Finance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task An_answer_is_used_for_a_moment_and_then_asked_for_again()
    {
        await using var edge = await AdminDoor.StartAsync(_edgeKeys);
        var keys = Asking(edge.Address);

        for (var call = 0; call < 5; call++)
            Assert.Equal(KeyRole.Finance, (await FindAsync(keys))!.Role);
        Assert.Equal(1, _edgeKeys.Questions);

        _edgeKeys.Strike(Secret);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await FindAsync(keys));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync(keys));
        Assert.Null(await FindAsync(keys));
        Assert.Equal(2, _edgeKeys.Questions);
    }

    [Fact]
    public async Task While_the_edge_is_away_an_answer_is_trusted_for_minutes_and_no_longer()
    {
        var edge = await AdminDoor.StartAsync(_edgeKeys);
        var keys = Asking(edge.Address);
        Assert.NotNull(await FindAsync(keys));
        await edge.DisposeAsync();

        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.NotNull(await FindAsync(keys));
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<OperatorKeysUnavailableException>(async () => await FindAsync(keys));
        await Assert.ThrowsAsync<OperatorKeysUnavailableException>(
            async () => await keys.FindAsync(SecretHash.Of("sk-never-seen"), Token));
    }

    [Fact]
    public async Task An_edge_that_does_not_know_itself_is_as_good_as_away()
    {
        await using var edge = await AdminDoor.StartAsync(_edgeKeys);
        _edgeKeys.IsAway = true;

        await Assert.ThrowsAsync<OperatorKeysUnavailableException>(async () => await FindAsync(Asking(edge.Address)));
    }

    [Fact]
    public async Task An_edge_that_does_not_answer_is_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var keys = Asking(
            new Uri($"http://{silent.LocalEndpoint}"), new OperatorKeyOptions { Timeout = TimeSpan.FromSeconds(0.2) });

        await Assert.ThrowsAsync<OperatorKeysUnavailableException>(async () => await FindAsync(keys));
    }

    private static ValueTask<OperatorKey?> FindAsync(RemoteOperatorKeys keys) =>
        keys.FindAsync(SecretHash.Of(Secret), Token);

    private RemoteOperatorKeys Asking(Uri edge, OperatorKeyOptions? options = null) => new(
        _services.GetRequiredService<IHttpClientFactory>(),
        new PlatformEnvironment
        {
            MasterKey = MasterKey.Read(AdminDoor.MasterKeyText, []),
            ServiceUrls = new Dictionary<string, Uri> { ["edge"] = edge },
        },
        options ?? new OperatorKeyOptions(),
        _clock);
}
