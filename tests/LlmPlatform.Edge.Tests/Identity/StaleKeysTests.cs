using System.Net;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Hosting.Security;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Builder;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>
/// An edge that can reach neither PostgreSQL nor the bus goes on with the keys on its disk, and is told by Redis what
/// has been withdrawn since.
/// </summary>
public sealed class StaleKeysTests(EdgeUnderTest edge) : IAsyncLifetime
{
    private const string NoPostgres = "Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1";

    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(60);

    private readonly string _data = Path.Combine(Path.GetTempPath(), "edge-stale-" + Path.GetRandomFileName());
    private WebApplication? _stale;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_stale is not null)
        {
            await _stale.StopAsync(CancellationToken.None);
            await _stale.DisposeAsync();
            Directory.Delete(_data, recursive: true);
        }
    }

    [Fact]
    public async Task It_refuses_a_key_that_was_revoked_or_rotated_since_and_serves_the_others()
    {
        var (revoked, first) = await edge.CreateKeyAsync();
        var (rotated, second) = await edge.CreateKeyAsync();
        await StartAsync(first.Text("key")!, second.Text("key")!);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(first.Text("key")!));

        await edge.AdminAsync(HttpMethod.Post, $"keys/{revoked}/revoke");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(first.Text("key")!));

        await edge.AdminAsync(HttpMethod.Post, $"keys/{rotated}/rotate", new { grace = "2s" });
        await Eventually.UntilAsync(
            () => StatusAsync(second.Text("key")!),
            status => status == HttpStatusCode.Unauthorized,
            _soon, "the old secret dies at an edge that was never told of the new one", Token);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Landscape.Open));
    }

    [Fact]
    public async Task It_is_told_again_what_an_emptied_redis_forgot()
    {
        var (name, made) = await edge.CreateKeyAsync();
        await StartAsync(made.Text("key")!);
        await edge.AdminAsync(HttpMethod.Post, $"keys/{name}/revoke");
        await using var redis = edge.NewRedisClient();
        await redis.WaitUntilConnectedAsync(Token);

        // Of this key alone: other tests go on meanwhile.
        var withdrawn = $"w:{{q}}:{KeySecret.IdOf(SecretHash.Of(made.Text("key")))}";
        Assert.Equal(1, (await redis.ExecuteAsync("DEL", [withdrawn], Token)).AsInt64());
        await redis.ExecuteAsync("DEL", ["withdrawn:{q}"], Token);

        await Eventually.UntilAsync(
            () => StatusAsync(made.Text("key")!),
            status => status == HttpStatusCode.Unauthorized,
            _soon, "the revocation is in Redis again", Token);
    }

    [Fact]
    public async Task It_serves_nobody_by_keys_that_were_not_confirmed_for_longer_than_withdrawals_are_remembered()
    {
        await StartAsync([], lastConfirmed: TimeSpan.FromDays(8));

        using var answer = await ChatAsync(Landscape.Open);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("identity_unavailable", (await EdgeUnderTest.ErrorOfAsync(answer)).Text("code"));
    }

    private Task StartAsync(params string[] known) => StartAsync(known, TimeSpan.Zero);

    private async Task StartAsync(string[] known, TimeSpan lastConfirmed)
    {
        foreach (var secret in known)
        {
            await edge.ReachesAsync(secret, HttpStatusCode.OK);
        }

        _stale = edge.BuildSecond(NoPostgres, _data);
        var keys = Path.Combine(_data, "snapshots", "keys.json");
        File.SetLastWriteTimeUtc(keys, (TimeProvider.System.GetUtcNow() - lastConfirmed).UtcDateTime);
        await _stale.StartAsync(Token);
    }

    private async Task<HttpStatusCode> StatusAsync(string secret)
    {
        using var answer = await ChatAsync(secret);
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> ChatAsync(string secret) => edge.SendAsync(
        HttpMethod.Post, new Uri(new Uri(_stale!.Urls.Single()), "/v1/chat/completions").ToString(), secret,
        EdgeUnderTest.Body("m1"), Token);
}
