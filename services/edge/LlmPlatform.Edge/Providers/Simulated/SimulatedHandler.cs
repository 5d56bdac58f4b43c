using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace LlmPlatform.Edge.Providers.Simulated;

/// <summary>
/// A provider inside the gateway, so that everything can be tried without an account: speaks OpenAI's chat protocol,
/// answers plausible text at a plausible pace, and reports usage that is right for what it said.
/// </summary>
internal sealed class SimulatedHandler(UpstreamOptions options, TimeProvider clock) : HttpMessageHandler
{
    /// <summary>Where nothing is: requests end in this handler.</summary>
    public static Uri Address { get; } = new("http://simulated.invalid/v1");

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (SimulatedChat.Read(body) is not { } chat)
        {
            return new HttpResponseMessage(HttpStatusCode.BadRequest)
            {
                Content = Unreadable(),
                RequestMessage = request,
            };
        }

        HttpContent content;
        if (chat.Stream)
        {
            var pause = TimeSpan.FromMilliseconds(options.SimulatedTokenMilliseconds);
            content = new StreamContent(new SimulatedStream(chat.Events(clock), pause, clock));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        }
        else
        {
            content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(chat.Answer(clock)));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }

    private static ByteArrayContent Unreadable()
    {
        var error = GatewayError.InvalidRequest("A member is there twice.");
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
        {
            error = new { message = error.Message, type = error.Type, code = error.Code },
        }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
