using System.IO.Pipelines;
using System.Net;
using System.Text;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Tests.Relay;

/// <summary>A provider's bytes, in exactly the given reads, through the real relay.</summary>
/// <param name="Text">All that the caller got.</param>
/// <param name="Held">Of it, what left only after the usage was settled.</param>
/// <param name="Error">What ended it before its end; null when it ended well.</param>
/// <param name="Began">False when another provider could still have served.</param>
internal sealed record RelayedStream(string Text, string Held, UpstreamError? Error, bool Began)
{
    private static readonly RoutedProvider Provider = new()
    {
        Name = "p",
        Kind = "openai",
        Timeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        IdleTimeout = TimeSpan.FromMinutes(1),
        Up = true,
    };

    /// <summary>Every way to cut a text in two, and into pieces of a few bytes.</summary>
    public static IEnumerable<byte[][]> Cuts(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Enumerable.Range(1, bytes.Length - 1).Select(cut => new[] { bytes[..cut], bytes[cut..] })
            .Concat(new[] { 1, 2, 3, 7 }.Select(size => bytes.Chunk(size).ToArray()))
            .Append([bytes]);
    }

    public static async Task<RelayedStream> RunAsync(StreamPassage passage, byte[][] reads, GatewayError? after = null)
    {
        using var attempt = await AttemptAsync(reads);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var relay = new StreamRelay(attempt, passage, pipe.Writer, 1 << 20, TimeProvider.System);
        if (await relay.ReadFirstAsync(TimeSpan.FromMinutes(1)) is { } early)
        {
            return new RelayedStream("", "", early, Began: false);
        }

        long? leftBefore = null;
        var error = await relay.RunAsync(new Settling(() => leftBefore = relay.BytesOut), CancellationToken.None);
        if (after is not null)
        {
            await relay.EndWithErrorAsync(after, CancellationToken.None);
        }

        await pipe.Writer.CompleteAsync();
        using var all = new MemoryStream();
        await pipe.Reader.CopyToAsync(all, TestContext.Current.CancellationToken);
        var bytes = all.ToArray();
        return new RelayedStream(
            Encoding.UTF8.GetString(bytes),
            leftBefore is { } before ? Encoding.UTF8.GetString(bytes.AsSpan((int)before)) : "",
            error,
            Began: true);
    }

    private static async Task<UpstreamAttempt> AttemptAsync(byte[][] reads)
    {
        var attempt = new UpstreamAttempt(
            Provider, true, TimeProvider.System, TimeSpan.Zero, CancellationToken.None);
        using var client = new HttpMessageInvoker(new Answering(reads));
        using var content = new RequestContent(new byte[] { 1 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://p/") { Content = content };
        Assert.Null(await attempt.SendAsync(client, request, content));
        return attempt;
    }

    private sealed class Settling(Action settle) : IStreamObserver
    {
        public void OnFirstContent()
        {
        }

        public void OnProgress()
        {
        }

        public ValueTask SettleAsync()
        {
            settle();
            return default;
        }
    }

    /// <summary>Answers 200 with a body that comes in exactly these reads.</summary>
    private sealed class Answering(byte[][] reads) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Reads(reads)) });
    }

    private sealed class Reads(byte[][] parts) : MemoryStream
    {
        private int _next;
        private ReadOnlyMemory<byte> _rest;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _rest = _rest.IsEmpty && _next < parts.Length ? parts[_next++] : _rest;
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return ValueTask.FromResult(count);
        }
    }
}
