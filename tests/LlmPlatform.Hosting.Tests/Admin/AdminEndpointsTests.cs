using System.Net.Http.Headers;
using LlmPlatform.Hosting.Security;

namespace LlmPlatform.Hosting.Tests.Admin;

public class AdminEndpointsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_door_opens_for_its_own_key_and_answers_strangers_with_a_problem()
    {
        await using var host = await SmallHost.StartAsync([]);
        using var client = await host.ConnectAsync();
        var internalToken = MasterKey.Read(SmallHost.MasterKey, []).InternalTokens[0];

        Assert.Equal((200, "master"), await GetAsync(client, "/admin/v1/actor", $"Bearer {SmallHost.MasterKey}"));
        Assert.Equal((200, "master"), await GetAsync(client, "/admin/v1/actor", $"bearer  {SmallHost.MasterKey}"));
        Assert.Equal(200, (await GetAsync(client, "/internal/v1/thing", $"Bearer {internalToken}")).Status);

        await AssertRefusedAsync(client, "/admin/v1/actor", null, "Send the master key");
        await AssertRefusedAsync(client, "/admin/v1/actor", SmallHost.MasterKey, "Send the master key");
        await AssertRefusedAsync(client, "/admin/v1/actor", $"Basic {SmallHost.MasterKey}", "Send the master key");
        await AssertRefusedAsync(client, "/admin/v1/actor", "Bearer ", "Send the master key");

        // It is no master key; whose else it may be only the edge could say, and there is none.
        Assert.Equal(503, (await GetAsync(client, "/admin/v1/actor", $"Bearer {internalToken}")).Status);
        await AssertRefusedAsync(client, "/internal/v1/thing", null, "for services of the platform");
        await AssertRefusedAsync(
            client, "/internal/v1/thing", $"Bearer {SmallHost.MasterKey}", "for services of the platform");

        var (status, text) = await GetAsync(client, "/admin/v1/nothing", null);
        Assert.Equal(404, status);
        Assert.Contains("\"type\":\"not_found\"", text, StringComparison.Ordinal);
        Assert.Equal((200, """{"status":"alive"}"""), await GetAsync(client, "/healthz", null));
        var (readiness, report) = await GetAsync(client, "/readyz", null);
        Assert.Equal(200, readiness);
        Assert.Contains("\"rabbitmq\":{", report, StringComparison.Ordinal);
    }

    private static async Task AssertRefusedAsync(HttpClient client, string path, string? authorization, string said)
    {
        var (status, text) = await GetAsync(client, path, authorization);

        Assert.Equal(401, status);
        Assert.Contains("\"type\":\"invalid_api_key\"", text, StringComparison.Ordinal);
        Assert.Contains(said, text, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Text)> GetAsync(HttpClient client, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await client.SendAsync(request, Cancellation);
        var says = response.Headers.WwwAuthenticate.Contains(new AuthenticationHeaderValue("Bearer"));
        Assert.Equal((int)response.StatusCode == 401, says);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
