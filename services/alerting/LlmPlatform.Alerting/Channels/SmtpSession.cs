using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// A conversation with a mail server: TLS from the first byte or by STARTTLS, before anything but greetings is said;
/// signing in; one mail. The client of .NET speaks no implicit TLS.
/// </summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int LineMax = 4_096;
    private const int LinesMax = 100;

    private readonly TcpClient _connection = new();
    private Stream _stream = Stream.Null;
    private SmtpReply _offers = new(0, []);

    private SmtpSession()
    {
    }

    /// <summary>Connects, secures the connection as configured, and signs in where there is a user.</summary>
    /// <param name="server">Where, and how it is protected.</param>
    /// <param name="authorities">A PEM file of authorities to trust in place of the machine's; null: the
    /// machine's.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SmtpRefusedException">The server refuses, or cannot do what is configured.</exception>
    public static async Task<SmtpSession> OpenAsync(
        SmtpConfiguration server, string? authorities, CancellationToken cancellationToken)
    {
        var session = new SmtpSession();
        try
        {
            await session._connection.ConnectAsync(server.Host, server.Port, cancellationToken);
            session._stream = session._connection.GetStream();
            if (server.Tls == SmtpTls.Implicit)
                await session.SecureAsync(server.Host, authorities, cancellationToken);
            Demand(await session.ReadAsync(cancellationToken), "the greeting");
            await session.GreetAsync(cancellationToken);
            if (server.Tls == SmtpTls.StartTls)
                await session.UpgradeAsync(server.Host, authorities, cancellationToken);
            if (server is { Username: { } username, Password: { } password })
                await session.SignInAsync(username, password.Reveal(), cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands a mail over to those recipients that the server takes.</summary>
    /// <returns>Who was refused; as many as there are: nobody has the mail.</returns>
    /// <exception cref="SmtpRefusedException">The server refuses the sender or the text.</exception>
    public async Task<IReadOnlyList<RefusedRecipient>> SendAsync(
        string from, IReadOnlyList<string> recipients, string mail, CancellationToken cancellationToken)
    {
        var isAscii = Ascii.IsValid(from) && recipients.All(recipient => Ascii.IsValid(recipient));
        if (!isAscii && !_offers.Offers("SMTPUTF8"))
            throw new SmtpRefusedException(0, "the server takes no addresses beyond ASCII");
        Demand(
            await AskAsync($"MAIL FROM:<{from}>{(isAscii ? "" : " SMTPUTF8")}", cancellationToken), "the sender");
        var refused = new List<RefusedRecipient>();
        foreach (var recipient in recipients)
        {
            var reply = await AskAsync($"RCPT TO:<{recipient}>", cancellationToken);
            if (!reply.IsPositive)
                refused.Add(new RefusedRecipient(recipient, reply.Code));
        }

        if (refused.Count == recipients.Count)
            return refused;
        Demand(await AskAsync("DATA", cancellationToken), "the text");

        // A line that is a dot ends the mail: lines that begin with one are sent with two.
        var stuffed = mail.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await WriteAsync(stuffed + "\r\n.", cancellationToken);
        Demand(await ReadAsync(cancellationToken), "the text");
        return refused;
    }

    /// <summary>Says goodbye, and does not wait for an answer.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_connection.Connected && _offers.Code > 0)
                await WriteAsync("QUIT", CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or InvalidOperationException)
        {
            // It has left before us.
        }

        await _stream.DisposeAsync();
        _connection.Dispose();
    }

    private static void Demand(SmtpReply reply, string what)
    {
        if (!reply.IsPositive)
            throw new SmtpRefusedException(reply.Code, $"the server refused {what}");
    }

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        var own = ((IPEndPoint)_connection.Client.LocalEndPoint!).Address;
        var name = own.AddressFamily == AddressFamily.InterNetworkV6 && !own.IsIPv4MappedToIPv6
            ? $"[IPv6:{own}]"
            : $"[{own.MapToIPv4()}]";
        var reply = await AskAsync($"EHLO {name}", cancellationToken);
        Demand(reply, "EHLO");
        _offers = reply;
    }

    // What was offered in clear may have been put there by somebody in between: it is asked for again.
    private async Task UpgradeAsync(string host, string? authorities, CancellationToken cancellationToken)
    {
        if (!_offers.Offers("STARTTLS"))
            throw new SmtpRefusedException(0, "the server does not offer STARTTLS, and nothing is sent in clear");
        Demand(await AskAsync("STARTTLS", cancellationToken), "STARTTLS");
        await SecureAsync(host, authorities, cancellationToken);
        await GreetAsync(cancellationToken);
    }

    private async Task SecureAsync(string host, string? authorities, CancellationToken cancellationToken)
    {
        var secure = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = secure;
        var policy = authorities is null ? null : new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy?.CustomTrustStore.ImportFromPemFile(authorities!);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, CertificateChainPolicy = policy },
            cancellationToken);
    }

    private async Task SignInAsync(string username, string password, CancellationToken cancellationToken)
    {
        if (_offers.OffersToSignInBy("PLAIN"))
        {
            var both = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{username}\0{password}"));
            Demand(await AskAsync($"AUTH PLAIN {both}", cancellationToken), "the credentials");
            return;
        }

        if (!_offers.OffersToSignInBy("LOGIN"))
            throw new SmtpRefusedException(0, "the server offers no way to sign in that is known here");
        Demand(await AskAsync("AUTH LOGIN", cancellationToken), "signing in");
        foreach (var part in new[] { username, password })
            Demand(
                await AskAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(part)), cancellationToken),
                "the credentials");
    }

    private async Task<SmtpReply> AskAsync(string line, CancellationToken cancellationToken)
    {
        await WriteAsync(line, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        while (texts.Count < LinesMax)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), CultureInfo.InvariantCulture, out var code))
                break;
            texts.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-')
                return new SmtpReply(code, texts);
        }

        throw new IOException("What answers there is no mail server.");
    }

    // Byte by byte: what comes after the answer to STARTTLS must not be taken from before it.
    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < LineMax)
        {
            if (await _stream.ReadAsync(one, cancellationToken) == 0)
                throw new EndOfStreamException("The mail server closed the connection.");
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }

        throw new IOException("A line of the mail server's answer is too long.");
    }
}
