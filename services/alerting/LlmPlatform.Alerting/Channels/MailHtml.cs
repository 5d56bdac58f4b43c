using System.Globalization;
using System.Net;
using System.Text;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// A notice as the HTML of a mail: tables and styles in place, because mail programs know little else, and nothing that
/// would have to be fetched.
/// </summary>
internal static class MailHtml
{
    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

    public static string Write(AlertNotice notice)
    {
        var (colour, word) = Look(notice);
        var html = new StringBuilder("<!DOCTYPE html>\r\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Text(notice.Title))
            .Append("</title></head>\r\n<body style=\"margin:0;padding:24px;background:#f2f4f7;").Append(Font)
            .Append("\">\r\n<table role=\"presentation\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" ")
            .Append("style=\"width:100%;max-width:600px;margin:0 auto;background:#ffffff;border-top:4px solid ")
            .Append(colour).Append(";border-radius:4px\">\r\n<tr><td style=\"padding:24px 28px 4px\">")
            .Append("<div style=\"font-size:12px;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:")
            .Append(colour).Append("\">").Append(word)
            .Append("</div>\r\n<h1 style=\"margin:6px 0 10px;font-size:20px;line-height:1.3;color:#101828\">")
            .Append(Text(notice.Title)).Append("</h1>\r\n<p style=\"margin:0;font-size:15px;line-height:1.5;")
            .Append("color:#344054\">").Append(Text(notice.Text)).Append("</p></td></tr>\r\n");
        AppendFacts(html, notice);
        if (notice.Link is { } link)
        {
            html.Append("<tr><td style=\"padding:16px 28px 4px\"><a href=\"").Append(Text(link.AbsoluteUri))
                .Append("\" style=\"display:inline-block;padding:10px 18px;background:#1d4ed8;color:#ffffff;")
                .Append("font-size:14px;font-weight:600;text-decoration:none;border-radius:4px\">")
                .Append("Open in the console</a></td></tr>\r\n");
        }

        return html.Append("<tr><td style=\"padding:20px 28px 24px;font-size:12px;color:#667085\">LLM platform, ")
            .Append(notice.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture))
            .Append(", notice ").Append(notice.ShortId).Append("</td></tr>\r\n</table>\r\n</body></html>\r\n")
            .ToString();
    }

    private static void AppendFacts(StringBuilder html, AlertNotice notice)
    {
        if (notice.Facts.Count == 0)
            return;
        html.Append("<tr><td style=\"padding:16px 28px 0\"><table cellpadding=\"0\" cellspacing=\"0\" ")
            .Append("style=\"width:100%;border-collapse:collapse;font-size:14px;line-height:1.4\">\r\n");
        foreach (var fact in notice.Facts)
        {
            html.Append("<tr><th scope=\"row\" align=\"left\" valign=\"top\" style=\"width:30%;padding:8px 12px 8px 0;")
                .Append("border-top:1px solid #eaecf0;font-weight:400;color:#667085\">").Append(Text(fact.Label))
                .Append("</th><td valign=\"top\" style=\"padding:8px 0;border-top:1px solid #eaecf0;color:#101828\">")
                .Append(Text(fact.Value)).Append("</td></tr>\r\n");
        }

        html.Append("</table></td></tr>\r\n");
    }

    // Dark enough on white for everybody to read.
    private static (string Colour, string Word) Look(AlertNotice notice) => notice switch
    {
        { IsOver: true } => ("#067647", "Resolved"),
        { Severity: AlertSeverity.Critical } => ("#b42318", "Critical"),
        { Severity: AlertSeverity.Warning } => ("#b54708", "Warning"),
        _ => ("#475467", "For your information"),
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
