using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Edge.Tests.Routing;

/// <summary>An edge with routes of its own, beside the one under test; what it learns is its own, too.</summary>
internal sealed class RoutedEdge : IAsyncDisposable
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), "edge-routed-" + Path.GetRandomFileName());
    private WebApplication _app = null!;

    public HttpClient Http { get; private set; } = null!;

    public SignalBook Signals => _app.Services.GetRequiredService<SignalBook>();

    public static async Task<RoutedEdge> StartAsync(EdgeUnderTest first, RoutingSnapshot routes)
    {
        var edge = new RoutedEdge();
        Directory.CreateDirectory(Path.Combine(edge._data, "snapshots"));
        await File.WriteAllBytesAsync(
            Path.Combine(edge._data, "snapshots", "routing.json"),
            JsonSerializer.SerializeToUtf8Bytes(routes, SnapshotFeeds.Json));
        edge._app = first.BuildSecond(first.Postgres, edge._data);
        await edge._app.StartAsync();
        edge.Http = new HttpClient { BaseAddress = new Uri(edge._app.Urls.Single()) };
        edge.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Landscape.Open);
        await Eventually.UntilAsync(
            async () =>
            {
                using var answer = await edge.Http.GetAsync(new Uri("/v1/models", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(60),
            "the keys are in force");
        return edge;
    }

    /// <summary>Calls a model; headers as name and value.</summary>
    public async Task<HttpResponseMessage> ChatAsync(
        string model, bool stream = false, string content = "hi", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        var body = new { model, stream, messages = new[] { new { role = "user", content } } };
        request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    public static RoutedProvider Provider(string name, Uri address) => new()
    {
        Name = name,
        Kind = "openai_compatible",
        BaseUrl = address,
        Timeout = TimeSpan.FromSeconds(20),
        FirstByteTimeout = TimeSpan.FromSeconds(20),
        IdleTimeout = TimeSpan.FromSeconds(20),
        CircuitFailures = 5,
        CircuitRecovery = TimeSpan.FromSeconds(1),
        Up = true,
    };

    public static RoutedModel Model(string name, params string[] providers) => new()
    {
        Name = name,
        Strategy = "weighted",
        Deployments =
        [
            .. providers.Select((provider, index) => new RoutedDeployment
            {
                Provider = provider,
                Model = name,
                Priority = index + 1,
                Weight = 1,
            }),
        ],
    };
}
