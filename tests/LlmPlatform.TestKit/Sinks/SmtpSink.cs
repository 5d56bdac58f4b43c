using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LlmPlatform.TestKit.Sinks;

/// <summary>A mail server on a loopback port that accepts everything, unless told to fail, and remembers it.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<SmtpMessage> _messages = new();
    private readonly ConcurrentDictionary<SmtpStage, ConcurrentQueue<int>> _failures = new();
    private readonly X509Certificate2? _certificate;
    private readonly bool _isImplicit;
    private readonly ConcurrentQueue<string> _signedIn = new();
    private readonly Task _accepting;

    private SmtpSink(X509Certificate2? certificate, bool isImplicit)
    {
        (_certificate, _isImplicit) = (certificate, isImplicit);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public static string Host => IPAddress.Loopback.ToString();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was accepted, in order.</summary>
    public IReadOnlyList<SmtpMessage> Messages => [.. _messages];

    /// <summary>Who signed in, as <c>user:password</c>, in order; only over TLS.</summary>
    public IReadOnlyList<string> SignedIn => [.. _signedIn];

    public static SmtpSink Start() => new(null, false);

    /// <summary>One that takes mail over TLS only: after STARTTLS, or from the first byte on.</summary>
    public static SmtpSink StartSecure(X509Certificate2 certificate, bool isImplicit) => new(certificate, isImplicit);

    /// <summary>Answers the next mails with that reply code (4xx: try again later; 5xx: never) at that stage.</summary>
    public void FailNext(int times, int replyCode, SmtpStage stage = SmtpStage.Text)
    {
        var queue = _failures.GetOrAdd(stage, _ => new ConcurrentQueue<int>());
        for (var i = 0; i < times; i++)
            queue.Enqueue(replyCode);
    }

    public async ValueTask DisposeAsync()
    {
        // The accepting ends by the token alone: a listener stopped under it would answer the next round with a throw.
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException)
            {
                // The end, or a caller that left before it was taken in.
            }
        }

        await Task.WhenAll(sessions);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        Stream stream = client.GetStream();
        try
        {
            if (_certificate is not null && _isImplicit)
                stream = await SecureAsync(stream);
            await TalkAsync(stream);
        }
        catch (Exception fault)
            when (fault is OperationCanceledException or IOException or AuthenticationException)
        {
            // The other side left, or does not trust us, or the test is over.
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        return secure;
    }

    private async Task TalkAsync(Stream stream)
    {
        // Latin-1 keeps every byte as one character, so that the text can be decoded later by what its headers say.
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        if (stream is not SslStream || _isImplicit)
            await writer.WriteLineAsync("220 sink ready");
        if (await ConverseAsync(reader, writer, stream is SslStream))
            await TalkAsync(await SecureAsync(stream));
    }

    // True when the connection is to be secured.
    private async Task<bool> ConverseAsync(StreamReader reader, StreamWriter writer, bool isSecure)
    {
        var (sender, recipients) = ("", new List<string>());
        while (await reader.ReadLineAsync(_stopping.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    var more = isSecure ? "AUTH LOGIN PLAIN" : _certificate is null ? "HELP" : "STARTTLS";
                    await writer.WriteLineAsync($"250-sink\r\n250-8BITMIME\r\n250-{more}\r\n250 SMTPUTF8");
                    break;
                case "STARTTLS" when _certificate is not null && !isSecure:
                    await writer.WriteLineAsync("220 go on");
                    return true;
                case "AUTH" when isSecure:
                    _signedIn.Enqueue(Encoding.UTF8
                        .GetString(Convert.FromBase64String(line.Split(' ')[^1])).Trim('\0').Replace('\0', ':'));
                    await writer.WriteLineAsync("235 welcome");
                    break;
                case "MAIL" when _certificate is not null && !isSecure:
                    await writer.WriteLineAsync("530 TLS first");
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
                    return false;
                case "HELO" or "RSET" or "NOOP":
                    await writer.WriteLineAsync("250 ok");
                    break;
                default:
                    await writer.WriteLineAsync("502 not known here");
                    break;
            }
        }

        return false;
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
