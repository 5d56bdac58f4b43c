using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Edge.Providers.Simulated;

/// <summary>
/// A provider inside the gateway, so that everything can be tried without an account: speaks OpenAI's chat protocol
/// and makes embeddings, answers plausible text at a plausible pace, and reports usage that is right for what it said.
/// </summary>
internal sealed class SimulatedHandler(UpstreamOptions options, TimeProvider clock) : HttpMessageHandler
{
    /// <summary>Where nothing is: requests end in this handler.</summary>
    public static Uri Address { get; } = new("http://simulated.invalid/v1");

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (request.RequestUri!.AbsolutePath.EndsWith("/embeddings", StringComparison.Ordinal))
        {
            return Whole(request, SimulatedEmbeddings.Answer(body));
        }

        if (SimulatedChat.Read(body) is not { } chat)
        {
            return Whole(request, null);
        }

        if (!chat.Stream)
        {
            return Whole(request, chat.Answer(clock));
        }

        var pause = TimeSpan.FromMilliseconds(options.SimulatedTokenMilliseconds);
        var content = new StreamContent(new SimulatedStream(chat.Events(clock), pause, clock));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }

    // Nothing to say: the request was none.
    private static HttpResponseMessage Whole(HttpRequestMessage request, JsonObject? answer)
    {
        if (answer is null)
        {
            return new HttpResponseMessage(HttpStatusCode.BadRequest)
            {
                Content = Unreadable(),
                RequestMessage = request,
            };
        }

        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(answer));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request };
    }

    private static ByteArrayContent Unreadable()
    {
        var error = GatewayError.InvalidRequest("The simulated provider cannot read this request.");
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new
        {
            error = new { message = error.Message, type = error.Type, code = error.Code },
        }));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
