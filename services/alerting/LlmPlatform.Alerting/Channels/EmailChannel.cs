using System.Net.Sockets;
using System.Security.Authentication;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>E-mail over SMTP, in clear, by STARTTLS or by TLS from the first byte.</summary>
internal sealed class EmailChannel(ChannelOptions options, AttachedPapers papers, TimeProvider clock)
    : IAlertChannel
{
    private const int FirstPermanentReply = 500;

    public ChannelKind Kind => ChannelKind.Email;

    public async Task<SendResult> SendAsync(
        ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken)
    {
        if (channel.Smtp is not { } server)
            return SendResult.Refused("the channel names no mail server");
        if (!channel.To.Append(server.From).All(IsAddress))
            return SendResult.Refused("an address of the channel is not one that mail can go to");
        try
        {
            // Before the mail server is asked for anything: what is missing may be there on the next attempt.
            var attached = await papers.FetchAsync(notice, cancellationToken);
            await using var session = await SmtpSession.OpenAsync(
                server, options.TlsAuthorityFile, cancellationToken);
            var mail = MailText.Write(notice, server.From, channel.To, clock.GetUtcNow(), attached);
            var refused = await session.SendAsync(server.From, channel.To, mail, cancellationToken);
            return Judge(refused, channel.To.Count) with { RefusedRecipients = refused };
        }
        catch (SmtpRefusedException refused)
        {
            return refused.Code == 0 ? SendResult.Refused(refused.Message) : Judge(refused.Code);
        }
        catch (HttpRequestException)
        {
            return SendResult.Retry("a paper that goes with it could not be fetched");
        }
        catch (AuthenticationException)
        {
            return SendResult.Retry("TLS failed: the server's certificate is not trusted, or not its own");
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            return SendResult.Retry("not reached");
        }
    }

    private static SendResult Judge(IReadOnlyList<RefusedRecipient> refused, int recipients) => refused.Count switch
    {
        0 => SendResult.Delivered("accepted"),

        // One that may be taken later is worth another attempt: nobody has the mail yet.
        var all when all == recipients => Judge(refused.Min(recipient => recipient.Reply)),

        // The others have it, and another attempt would send it to them again.
        var some => SendResult.Delivered($"accepted; {some} of {recipients} recipients refused"),
    };

    private static SendResult Judge(int reply) => reply >= FirstPermanentReply
        ? SendResult.Refused($"SMTP {reply}")
        : SendResult.Retry($"SMTP {reply}");

    // What it holds is written into lines of the protocol.
    private static bool IsAddress(string address) =>
        address.Split('@') is [{ Length: > 0 }, { Length: > 0 }]
        && !address.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '<' or '>');
}
