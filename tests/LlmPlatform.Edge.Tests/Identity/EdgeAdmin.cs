using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.TestKit;

namespace LlmPlatform.Edge.Tests.Identity;

/// <summary>The admin API of an edge, as tests of keys use it.</summary>
internal static class EdgeAdmin
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(60);

    public static async Task<(HttpStatusCode Status, JsonElement Answer)> AdminAsync(
        this EdgeUnderTest edge,
        HttpMethod method,
        string path,
        object? body = null,
        string key = EdgeUnderTest.MasterKeyText)
    {
        using var request = new HttpRequestMessage(method, "/admin/v1/" + path);
        request.Headers.Authorization = new("Bearer", key);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var answer = await edge.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>A key of a name of its own, with the secret in <c>key</c>.</summary>
    public static async Task<(string Name, JsonElement Answer)> CreateKeyAsync(
        this EdgeUnderTest edge, string? expires = null, params string[] models)
    {
        var name = "made-" + Path.GetRandomFileName();
        var made = await edge.AdminAsync(
            HttpMethod.Post, "keys", new { name, tenant = "open", models = models is [] ? ["*"] : models, expires });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return (name, made.Answer);
    }

    /// <summary>Waits until a call with the secret is answered so.</summary>
    public static Task<HttpStatusCode> ReachesAsync(this EdgeUnderTest edge, string secret, HttpStatusCode status) =>
        Eventually.UntilAsync(
            () => edge.StatusOfAsync(secret),
            seen => seen == status,
            _soon,
            $"the key is answered with {status}",
            TestContext.Current.CancellationToken);

    /// <summary>Calls with the secret until it is refused: from that instant on, and not before.</summary>
    public static async Task IsRefusedFromAsync(this EdgeUnderTest edge, string secret, DateTimeOffset instant)
    {
        HttpStatusCode status;
        do
        {
            var before = TimeProvider.System.GetUtcNow();
            status = await edge.StatusOfAsync(secret);
            if (status == HttpStatusCode.OK)
            {
                Assert.True(before < instant, "the secret was accepted after its end");
            }
            else
            {
                Assert.True(TimeProvider.System.GetUtcNow() >= instant, $"{status} before the end of the secret");
            }
        }
        while (status == HttpStatusCode.OK);
    }

    /// <summary>What one call with the secret is answered.</summary>
    public static async Task<HttpStatusCode> StatusOfAsync(this EdgeUnderTest edge, string secret)
    {
        using var answer = await edge.ChatAsync(EdgeUnderTest.Body("m1"), secret);
        return answer.StatusCode;
    }

    public static string? Text(this JsonElement element, string member) => element.GetProperty(member).GetString();
}
