using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Sinks;

/// <summary>Takes webhook calls as Slack does, and remembers them.</summary>
public sealed class SlackSink : IAsyncDisposable
{
    /// <summary>As a status: the call is taken in and not answered, until its caller gives up.</summary>
    public const int NoAnswer = 0;

    private readonly ConcurrentQueue<(int Status, TimeSpan? RetryAfter)> _failures = new();
    private readonly ConcurrentQueue<SlackMessage> _attempts = new();
    private LoopbackServer _server = null!;

    private SlackSink()
    {
    }

    /// <summary>The address to post to; any path under it is taken.</summary>
    public Uri Url => _server.Address;

    /// <summary>Every call, refused ones included, in order of arrival.</summary>
    public IReadOnlyList<SlackMessage> Attempts => [.. _attempts];

    /// <summary>The calls that were accepted.</summary>
    public IReadOnlyList<SlackMessage> Messages => [.. _attempts.Where(message => message.Status == 200)];

    public static async Task<SlackSink> StartAsync()
    {
        var sink = new SlackSink();
        sink._server = await LoopbackServer.StartAsync(sink.HandleAsync);
        return sink;
    }

    /// <summary>Answers the next calls with that status.</summary>
    public void FailNext(int times, int status, TimeSpan? retryAfter = null)
    {
        for (var i = 0; i < times; i++)
            _failures.Enqueue((status, retryAfter));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var raw = await reader.ReadToEndAsync(http.RequestAborted);
        using var body = JsonDocument.Parse(raw);
        var (status, retryAfter) = _failures.TryDequeue(out var failure) ? failure : (200, null);
        var headers = http.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        _attempts.Enqueue(
            new SlackMessage(http.Request.Path.Value ?? "/", headers, raw, body.RootElement.Clone(), status));
        if (status == NoAnswer)
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        http.Response.StatusCode = status;
        if (retryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        await http.Response.WriteAsync(status == 200 ? "ok" : "no", http.RequestAborted);
    }
}
