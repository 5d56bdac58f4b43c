using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.TestKit.Tests.Providers;

/// <summary>Talks to a fake provider as its vendor's own client would.</summary>
internal sealed class WireClient(FakeProvider provider, params (string Name, string Value)[] headers) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>The answer's status and body.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string body)
    {
        using var response = await SendAsync(path, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>The events of a stream, with their names where they have one.</summary>
    public async Task<List<(string? Name, JsonElement Data)>> StreamAsync(string path, string body)
    {
        using var response = await SendAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<(string?, JsonElement)>();
        string? name = null;
        foreach (var line in (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line["event: ".Length..];
            else if (line != "data: [DONE]")
                events.Add((name, JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..])));
        }

        return events;
    }

    public async Task<HttpResponseMessage> SendAsync(string path, string body)
    {
        var address = $"{provider.BaseUrl.ToString().TrimEnd('/')}/{path}";
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>A body with one change: a member set, or with null taken away.</summary>
    public static string With(string body, string path, string? value)
    {
        var root = JsonNode.Parse(body)!;
        var names = path.Split('/');
        var at = names[..^1].Aggregate(root, (node, name) => int.TryParse(name, out var index)
            ? node[index]!
            : node[name]!);
        if (int.TryParse(names[^1], out var last))
            at.AsArray()[last] = JsonNode.Parse(value!);
        else if (value is null)
            at.AsObject().Remove(names[^1]);
        else
            at[names[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    public void Dispose() => _http.Dispose();
}
