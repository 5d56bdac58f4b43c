using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmPlatform.TestKit.Sinks;

/// <summary>A mail server on a loopback port that accepts everything, unless told to fail, and remembers it.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<SmtpMessage> _messages = new();
    private readonly ConcurrentDictionary<SmtpStage, ConcurrentQueue<int>> _failures = new();
    private readonly Task _accepting;

    private SmtpSink()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public static string Host => IPAddress.Loopback.ToString();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was accepted, in order.</summary>
    public IReadOnlyList<SmtpMessage> Messages => [.. _messages];

    public static SmtpSink Start() => new();

    /// <summary>Answers the next mails with that reply code (4xx: try again later; 5xx: never) at that stage.</summary>
    public void FailNext(int times, int replyCode, SmtpStage stage = SmtpStage.Text)
    {
        var queue = _failures.GetOrAdd(stage, _ => new ConcurrentQueue<int>());
        for (var i = 0; i < times; i++)
            queue.Enqueue(replyCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var stream = client.GetStream();
        // Latin-1 keeps every byte as one character, so that the text can be decoded later by what its headers say.
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        try
        {
            await writer.WriteLineAsync("220 sink ready");
            await ConverseAsync(reader, writer);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The other side left, or the test is over.
        }
    }

    private async Task ConverseAsync(StreamReader reader, StreamWriter writer)
    {
        var (sender, recipients) = ("", new List<string>());
        while (await reader.ReadLineAsync(_stopping.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8");
                    break;
                case "MAIL":
                    (sender, recipients) = (AddressIn(line), []);
                    await ReplyAsync(writer, SmtpStage.Sender, "250 ok");
                    break;
                case "RCPT":
                    recipients.Add(AddressIn(line));
                    await ReplyAsync(writer, SmtpStage.Recipient, "250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var text = await ReadTextAsync(reader);
                    if (await ReplyAsync(writer, SmtpStage.Text, null))
                    {
                        // Remembered before the answer: the sender may look as soon as it has it.
                        _messages.Enqueue(new SmtpMessage(sender, recipients, text));
                        await writer.WriteLineAsync("250 taken");
                    }

                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                case "HELO" or "RSET" or "NOOP":
                    await writer.WriteLineAsync("250 ok");
                    break;
                default:
                    await writer.WriteLineAsync("502 not known here");
                    break;
            }
        }
    }

    /// <summary>Sends the scripted failure, if one is due, else the given reply.</summary>
    private async Task<bool> ReplyAsync(StreamWriter writer, SmtpStage stage, string? reply)
    {
        if (_failures.TryGetValue(stage, out var queue) && queue.TryDequeue(out var code))
        {
            await writer.WriteLineAsync($"{code} scripted");
            return false;
        }

        if (reply is not null)
            await writer.WriteLineAsync(reply);
        return true;
    }

    private async Task<string> ReadTextAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stopping.Token) is { } line && line != ".")
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return text.ToString();
    }

    private static string AddressIn(string line)
    {
        var from = line.IndexOf('<', StringComparison.Ordinal) + 1;
        return line[from..line.IndexOf('>', from)];
    }
}
