using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmPlatform.Bench.Rig;

/// <summary>
/// A provider that costs as little as one can: raw sockets and answers made beforehand. The model says how to answer:
/// <c>bench-small</c> a whole answer, <c>bench-embedding</c> a vector, <c>bench-stream</c> 100 chunks at once,
/// <c>bench-slow</c> 50 chunks 200 ms apart, each with the clock's reading, which loads compare with their own.
/// </summary>
public sealed class MockProvider : IDisposable
{
    public const int StreamChunks = 100;
    public const int SlowChunks = 50;

    /// <summary>The mark before a slow chunk's time, in ticks of the machine's monotonic clock.</summary>
    public const string TimeMark = "t=";

    private static readonly TimeSpan SlowInterval = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Whole = WholeAnswer();
    private static readonly byte[] Vector = VectorAnswer();
    private static readonly byte[] StreamHead = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static readonly byte[] Chunk = Chunked(Event("""{"content":"token "}"""));
    private static readonly byte[] StreamEnd = StreamTail();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public MockProvider()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(8192);
        _ = AcceptAsync();
    }

    /// <summary>Where it is, as a provider's base address.</summary>
    public Uri BaseUrl => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/v1");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listener.AcceptAsync();
                socket.NoDelay = true;
                _ = ServeAsync(socket);
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var mine = socket;
        var buffer = new byte[128 * 1024];
        var length = 0;
        try
        {
            while (true)
            {
                var end = RequestLength(buffer.AsSpan(0, length));
                while (end == 0 || end > length)
                {
                    var read = await socket.ReceiveAsync(buffer.AsMemory(length));
                    if (read == 0)
                    {
                        return;
                    }

                    length += read;
                    end = end == 0 ? RequestLength(buffer.AsSpan(0, length)) : end;
                }

                await AnswerAsync(socket, KindOf(buffer.AsSpan(0, end)));
                buffer.AsSpan(end, length - end).CopyTo(buffer);
                length -= end;
            }
        }
        catch (SocketException)
        {
            // The caller hung up.
        }
    }

    private static async Task AnswerAsync(Socket socket, byte kind)
    {
        switch (kind)
        {
            case (byte)'t':
                await SendAllAsync(socket, StreamHead);
                for (var sent = 0; sent < StreamChunks; sent++)
                {
                    await SendAllAsync(socket, Chunk);
                }

                await SendAllAsync(socket, StreamEnd);
                break;
            case (byte)'l':
                await SendAllAsync(socket, StreamHead);
                for (var sent = 0; sent < SlowChunks; sent++)
                {
                    await Task.Delay(SlowInterval);
                    var stamp = Stopwatch.GetTimestamp().ToString("D20", CultureInfo.InvariantCulture);
                    await SendAllAsync(socket, Chunked(Event($$"""{"content":"{{TimeMark}}{{stamp}} "}""")));
                }

                await SendAllAsync(socket, StreamEnd);
                break;
            case (byte)'e':
                await SendAllAsync(socket, Vector);
                break;
            default:
                await SendAllAsync(socket, Whole);
                break;
        }
    }

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    // 0 while the head is not whole.
    private static int RequestLength(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return 0;
        }

        var name = bytes[..head].IndexOf("ontent-"u8);
        while (name >= 0)
        {
            var line = bytes[(name + 7)..head];
            if (line.Length > 8 && (line[0] | 0x20) == 'l' && line.IndexOf((byte)':') is > 0 and var colon)
            {
                var text = line[(colon + 1)..].TrimStart((byte)' ');
                return head + 4 + (Utf8Parser.TryParse(text, out int body, out _) ? body : 0);
            }

            var next = bytes[(name + 7)..head].IndexOf("ontent-"u8);
            name = next < 0 ? -1 : name + 7 + next;
        }

        return head + 4;
    }

    // What tells the models apart: an e, or the m, t or l behind an s.
    private static byte KindOf(ReadOnlySpan<byte> request)
    {
        var at = request.IndexOf("\"bench-"u8);
        return at < 0 ? (byte)'m' : request[at + 7] == 'e' ? (byte)'e' : request[at + 8];
    }

    private static string Event(string delta) =>
        """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"bench","""
        + $$""" "choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""" + "\n\n";

    private static byte[] Chunked(string text) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n"));

    private static byte[] StreamTail()
    {
        const string last = """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"""
            + """ "model":"bench","choices":[],"""
            + """ "usage":{"prompt_tokens":200,"completion_tokens":100,"total_tokens":300}}""";
        return [.. Chunked(last + "\n\n"), .. Chunked("data: [DONE]\n\n"), .. "0\r\n\r\n"u8];
    }

    private static byte[] WholeAnswer()
    {
        var text = string.Concat(Enumerable.Repeat("token ", 130));
        var body = """{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"bench","choices":["""
            + $$""" {"index":0,"message":{"role":"assistant","content":"{{text}}"},"finish_reason":"stop"}],"""
            + """ "usage":{"prompt_tokens":200,"completion_tokens":130,"total_tokens":330}}""";
        return Answer(body);
    }

    // 1,536 dimensions, as clients ask for them: in base64.
    private static byte[] VectorAnswer()
    {
        var vector = Convert.ToBase64String(new byte[1536 * sizeof(float)]);
        return Answer("""{"object":"list","data":[{"object":"embedding","index":0,"embedding":"""
            + $$""" "{{vector}}" """
            + """}],"model":"bench","usage":{"prompt_tokens":200,"total_tokens":200}}""");
    }

    private static byte[] Answer(string body) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
}
