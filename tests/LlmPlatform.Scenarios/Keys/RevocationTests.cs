using System.Net;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit;

namespace LlmPlatform.Scenarios.Keys;

public sealed class RevocationTests(SharedStages stages)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PlatformMode.OneProcess)]
    [InlineData(PlatformMode.SeparateProcesses)]
    public async Task A_revoked_key_is_refused_on_every_edge_within_a_second(PlatformMode mode)
    {
        var stage = await stages.OfAsync(mode);
        var key = await stage.Admin.PostAsync("keys", new { name = "to-revoke", tenant = "acme" }, Now);
        var caller = new ChatCaller(key.GetProperty("key").GetString()!);
        foreach (var edge in stage.Platform.Edges)
        {
            await Eventually.UntilAsync(
                () => caller.CompleteAsync(edge, StageConfiguration.Chat, cancellationToken: Now),
                call => call.Succeeded,
                TimeSpan.FromMinutes(1), "the new key works on every edge", Now);
        }

        await stage.Admin.PostAsync($"keys/{key.GetProperty("id").GetString()}/revoke", null, Now);
        var refused = stage.Platform.Edges.Select(edge => Eventually.UntilAsync(
            () => caller.CompleteAsync(edge, StageConfiguration.Chat, cancellationToken: Now),
            call => call.Status == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(1), $"{edge} refuses the revoked key", Now));

        foreach (var call in await Task.WhenAll(refused))
            Assert.Equal("invalid_api_key", call.ErrorCode);
        var read = await stage.Admin.GetTextAsync($"keys/{key.GetProperty("id").GetString()}", Now);
        Assert.DoesNotContain(key.GetProperty("key").GetString()!, read, StringComparison.Ordinal);
    }
}
