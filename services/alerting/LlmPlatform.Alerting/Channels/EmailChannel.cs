using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>E-mail over SMTP: text, and the same as HTML beside it.</summary>
internal sealed class EmailChannel : IAlertChannel
{
    private const int FirstPermanentReply = 500;

    public ChannelKind Kind => ChannelKind.Email;

    public async Task<SendResult> SendAsync(
        ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken)
    {
        if (channel.Smtp is not { } server)
            return SendResult.Refused("the channel names no mail server");
        if (server.Tls == SmtpTls.Implicit)
            return SendResult.Refused("tls: implicit is not spoken here; use starttls, port 587 as a rule");

        using var client = new SmtpClient(server.Host, server.Port) { EnableSsl = server.Tls == SmtpTls.StartTls };
        if (server is { Username: { } username, Password: { } password })
            client.Credentials = new NetworkCredential(username, password.Reveal());
        try
        {
            using var mail = Mail(channel, server, notice);
            await client.SendMailAsync(mail, cancellationToken);
            return SendResult.Delivered("accepted");
        }
        catch (SmtpFailedRecipientsException refused) when (refused.InnerExceptions.Length < channel.To.Count)
        {
            return PartlyDelivered(refused.InnerExceptions.Length, channel.To.Count);
        }
        catch (SmtpFailedRecipientException refused)
            when (refused is not SmtpFailedRecipientsException && channel.To.Count > 1)
        {
            return PartlyDelivered(1, channel.To.Count);
        }
        catch (SmtpFailedRecipientsException refused)
        {
            // One that may be taken later is worth another attempt: nobody has the mail yet.
            return Judge(refused.InnerExceptions.Min(recipient => (int)recipient.StatusCode));
        }
        catch (SmtpException fault)
        {
            return Judge((int)fault.StatusCode);
        }
        catch (FormatException)
        {
            return SendResult.Refused("an address of the channel is not one that mail can go to");
        }
    }

    private static SendResult Judge(int reply) => reply >= FirstPermanentReply
        ? SendResult.Refused($"SMTP {reply}")
        : SendResult.Retry(reply > 0 ? $"SMTP {reply}" : "not reached");

    // The others have it, and another attempt would send it to them again.
    private static SendResult PartlyDelivered(int refused, int all) =>
        SendResult.Delivered($"accepted; {refused} of {all} recipients refused");

    private static MailMessage Mail(ChannelConfiguration channel, SmtpConfiguration server, AlertNotice notice)
    {
        var mail = new MailMessage
        {
            From = new MailAddress(server.From),
            Subject = $"[LLM platform] {notice.Title}",
            SubjectEncoding = Encoding.UTF8,
            Body = PlainText(notice),
            BodyEncoding = Encoding.UTF8,
        };
        foreach (var recipient in channel.To)
            mail.To.Add(new MailAddress(recipient));

        // The same on every attempt: where a mail was taken and the answer got lost, mailboxes show the two as one.
        mail.Headers.Add("Message-ID", $"<{notice.DeliveryId:N}@{mail.From.Host}>");
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(
            Html(notice), Encoding.UTF8, MediaTypeNames.Text.Html));
        return mail;
    }

    private static string PlainText(AlertNotice notice)
    {
        var text = new StringBuilder(notice.Text).Append("\r\n\r\n");
        foreach (var fact in notice.Facts)
            text.Append(fact.Label).Append(": ").Append(fact.Value).Append("\r\n");
        return text.Append("\r\nnotice ").Append(notice.ShortId).Append("\r\n").ToString();
    }

    private static string Html(AlertNotice notice)
    {
        var html = new StringBuilder("<p>").Append(WebUtility.HtmlEncode(notice.Text)).Append("</p>\r\n<table>\r\n");
        foreach (var fact in notice.Facts)
        {
            html.Append("<tr><th align=\"left\">").Append(WebUtility.HtmlEncode(fact.Label)).Append("</th><td>")
                .Append(WebUtility.HtmlEncode(fact.Value)).Append("</td></tr>\r\n");
        }

        return html.Append("</table>\r\n<p>notice ").Append(notice.ShortId).Append("</p>\r\n").ToString();
    }
}
