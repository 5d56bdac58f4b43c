using System.Net;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests.Relay;

/// <summary>The answer of a provider, that comes in exactly these reads.</summary>
internal sealed class Reads : MemoryStream
{
    private readonly IReadOnlyList<byte[]> _parts;
    private int _next;
    private ReadOnlyMemory<byte> _rest;

    private Reads(IReadOnlyList<byte[]> parts) => _parts = parts;

    /// <summary>An attempt that was answered 200, its body not read.</summary>
    public static Task<UpstreamAttempt> AnswerAsync(RoutedProvider provider, IReadOnlyList<byte[]> reads) =>
        AnswerAsync(provider, new Reads(reads));

    /// <summary>The same, whose body is a stream that goes on.</summary>
    public static async Task<UpstreamAttempt> AnswerAsync(RoutedProvider provider, Stream body)
    {
        var attempt = new UpstreamAttempt(provider, true, TimeProvider.System, TimeSpan.Zero, CancellationToken.None);
        using var client = new HttpMessageInvoker(new Answering(body));
        using var content = new RequestContent(new byte[] { 1 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://p/") { Content = content };
        Assert.Null(await attempt.SendAsync(client, request, content));
        return attempt;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _rest = _rest.IsEmpty && _next < _parts.Count ? _parts[_next++] : _rest;
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return ValueTask.FromResult(count);
    }

    private sealed class Answering(Stream body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
    }
}
