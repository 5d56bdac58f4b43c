using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LlmPlatform.Bench.Contenders;

/// <summary>
/// The least a gateway does in C#: Kestrel, HttpClient, bytes copied as they come. What the edge costs more than this
/// is what the product does.
/// </summary>
public sealed class Forwarder() : Contender("forwarder")
{
    public override async Task StartAsync(Uri upstream, BenchOptions options)
    {
        var port = FreePort();

        // The process this runs in may be `dotnet`, which knows no such verb.
        var program = Path.Combine(AppContext.BaseDirectory, "LlmPlatform.Bench");
        var process = Start(options, program, "forwarder", $"{port}", upstream.GetLeftPart(UriPartial.Authority));
        Pids = [process.Id];
        Target = new Uri($"http://127.0.0.1:{port}/v1/chat/completions");
        await ListeningAsync(port, TimeSpan.FromSeconds(20));
    }

    /// <summary>The forwarder's own process.</summary>
    public static async Task<int> RunAsync(int port, Uri upstream)
    {
        await using var app = Build(port, upstream);
        await app.RunAsync();
        return 0;
    }

    /// <summary>The forwarder as an application that has not started yet.</summary>
    public static WebApplication Build(int port, Uri upstream)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<SocketTransportOptions>(transport => transport.UnsafePreferInlineScheduling = true);
        var app = builder.Build();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 16384,
        });
        app.Lifetime.ApplicationStopped.Register(client.Dispose);
        app.Run(http => ForwardAsync(http, client, upstream));
        return app;
    }

    private static async Task ForwardAsync(HttpContext http, HttpMessageInvoker client, Uri upstream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(upstream, http.Request.Path.Value));
        request.Content = new StreamContent(http.Request.Body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        request.Content.Headers.ContentLength = http.Request.ContentLength;
        using var answer = await client.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        http.Response.ContentLength = answer.Content.Headers.ContentLength;
        await using var body = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
        while (true)
        {
            var read = await body.ReadAsync(http.Response.BodyWriter.GetMemory(16 * 1024), http.RequestAborted);
            if (read == 0)
            {
                return;
            }

            http.Response.BodyWriter.Advance(read);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }
}
