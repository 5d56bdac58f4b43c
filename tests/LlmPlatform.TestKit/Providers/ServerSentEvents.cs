using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers;

/// <summary>Writes events, each in a flush of its own.</summary>
internal sealed class ServerSentEvents(HttpContext http)
{
    public const string ContentType = "text/event-stream; charset=utf-8";

    public Task SendAsync(JsonObject data, string? name = null) => SendAsync(data.ToJsonString(), name);

    public async Task SendAsync(string data, string? name = null)
    {
        var text = name is null ? $"data: {data}\n\n" : $"event: {name}\ndata: {data}\n\n";
        await http.Response.WriteAsync(text, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
