using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.TestKit.Sinks;

/// <summary>A small OTLP/HTTP collector that keeps what it is sent.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Body)> _received = new();
    private readonly WebApplication _app;

    private OtlpCollector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");

        // Its own requests must not become spans that are exported to it again.
        builder.Services.AddSingleton(new ActivitySource("Tests.OtlpCollector"));
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public string Url => _app.Urls.Single();

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>
    /// Everything sent to a path so far. Names and string values stand readable in protobuf's bytes, so the bytes are
    /// kept as Latin-1 text.
    /// </summary>
    public string ReceivedAt(string path) =>
        string.Concat(_received.Where(request => request.Path == path).Select(request => request.Body));

    /// <summary>Everything sent so far, to whatever path.</summary>
    public string Received => string.Concat(_received.Select(request => request.Body));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (context.Request.ContentType != "application/x-protobuf")
            throw new InvalidDataException($"OTLP came as {context.Request.ContentType}.");
        _received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
    }
}
