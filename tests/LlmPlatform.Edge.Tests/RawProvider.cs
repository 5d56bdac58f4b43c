using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Tests;

/// <summary>
/// A provider that answers each model with exactly the bytes, status and breaks that a test wrote for it.
/// </summary>
internal sealed class RawProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new();
    private readonly ConcurrentDictionary<string, byte[]> _received = new();
    private readonly ConcurrentDictionary<string, HttpRequestMessage> _heads = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _paths = new();

    private RawProvider(WebApplication app) => _app = app;

    public Uri BaseUrl => new(_app.Urls.Single() + "/v1");

    public static async Task<RawProvider> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var provider = new RawProvider(builder.Build());
        provider._app.Run(provider.HandleAsync);
        await provider._app.StartAsync();
        return provider;
    }

    public void Answer(string model, Func<HttpContext, Task> answer) => _answers[model] = answer;

    /// <summary>Answers a path, whatever the method, before any model is looked for.</summary>
    public void AnswerPath(string path, Func<HttpContext, Task> answer) => _paths[path] = answer;

    /// <summary>Sends the parts with a flush after each.</summary>
    public void Stream(string model, params string[] parts) => Answer(model, async http =>
    {
        http.Response.ContentType = "text/event-stream";
        foreach (var part in parts)
        {
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(part));
            await http.Response.Body.FlushAsync();
        }
    });

    public void Whole(string model, int status, string body, string contentType = "application/json") =>
        Answer(model, async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = contentType;
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        });

    /// <summary>The last body received for a model; null when it was never asked for.</summary>
    public string? Received(string model) =>
        _received.TryGetValue(model, out var body) ? Encoding.UTF8.GetString(body) : null;

    /// <summary>Where the last request for a model went and its headers; null when it was never asked for.</summary>
    public HttpRequestMessage? HeadOf(string model) => _heads.GetValueOrDefault(model);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (_paths.TryGetValue(http.Request.Path, out var answer))
        {
            await answer(http);
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        using var request = JsonDocument.Parse(body.ToArray());
        var model = request.RootElement.GetProperty("model").GetString()!;
        _received[model] = body.ToArray();
        _heads[model] = HeadOf(http.Request);
        await _answers[model](http);
    }

    private static HttpRequestMessage HeadOf(HttpRequest request)
    {
        var head = new HttpRequestMessage(HttpMethod.Post, new Uri(request.Path, UriKind.Relative));
        foreach (var (name, values) in request.Headers)
        {
            head.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return head;
    }
}
