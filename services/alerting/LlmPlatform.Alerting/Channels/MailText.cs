using System.Globalization;
using System.Text;

namespace LlmPlatform.Alerting.Channels;

/// <summary>A notice as a mail: text, and the same as HTML beside it. All of it is ASCII on the wire.</summary>
internal static class MailText
{
    private const int WordBytesMax = 45;
    private const int LineMax = 76;

    /// <summary>Writes headers and body, lines ending in CR LF, without the dot that ends a mail.</summary>
    /// <param name="notice">What it says.</param>
    /// <param name="from">The sender's address.</param>
    /// <param name="to">The addresses it is shown to go to.</param>
    /// <param name="now">Its date.</param>
    /// <param name="attached">What goes with it.</param>
    public static string Write(
        AlertNotice notice,
        string from,
        IReadOnlyList<string> to,
        DateTimeOffset now,
        IReadOnlyList<MailAttachment> attached)
    {
        // The id is the same on every attempt: where a mail was taken and the answer got lost, mailboxes show the two
        // as one.
        var domain = from[(from.LastIndexOf('@') + 1)..];
        var outer = $"papers-{notice.DeliveryId:N}";
        var files = attached.Where(file => file.Content is not null).ToList();
        var mail = new StringBuilder()
            .Append("From: <").Append(from).Append(">\r\n")
            .Append("To: ").AppendJoin(",\r\n ", to.Select(address => $"<{address}>")).Append("\r\n")
            .Append("Subject: ").Append(Header($"[LLM platform] {notice.Title}")).Append("\r\n")
            .Append("Date: ").Append(now.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture))
            .Append("\r\nMessage-ID: <").Append(notice.DeliveryId.ToString("N")).Append('@').Append(domain)
            .Append(">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
        if (files.Count == 0)
            return mail.Append(Words(notice, attached)).ToString();
        mail.Append("Content-Type: multipart/mixed; boundary=\"").Append(outer).Append("\"\r\n\r\n")
            .Append("--").Append(outer).Append("\r\n").Append(Words(notice, attached));
        foreach (var file in files)
            mail.Append("--").Append(outer).Append("\r\n").Append(File(file.Paper, file.Content!));
        return mail.Append("--").Append(outer).Append("--\r\n").ToString();
    }

    // The text twice, of which the reader's program takes one.
    private static string Words(AlertNotice notice, IReadOnlyList<MailAttachment> attached)
    {
        var boundary = $"notice-{notice.DeliveryId:N}";
        var absent = attached.Where(file => file.Content is null).Select(file => file.Paper.Name).ToList();
        var said = absent.Count == 0 ? notice : notice with
        {
            Text = $"{notice.Text} Not attached, too large or out of reach: {string.Join(", ", absent)}.",
        };
        return $"Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n"
            + Part(boundary, "text/plain", PlainText(said)) + Part(boundary, "text/html", MailHtml.Write(said))
            + $"--{boundary}--\r\n";
    }

    private static string File(NoticePaper paper, byte[] content) =>
        $"Content-Type: {paper.MediaType}; name=\"{paper.Name}\"\r\nContent-Transfer-Encoding: base64\r\n"
        + $"Content-Disposition: attachment; filename=\"{paper.Name}\"\r\n\r\n"
        + Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks) + "\r\n";

    // Words of at most 75 characters, none of which ends inside a character.
    private static string Header(string text)
    {
        if (text.Length < LineMax && text.All(letter => letter is >= ' ' and <= '~') && !text.Contains("=?"))
            return text;
        var words = new List<string>();
        var word = new List<byte>();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = (Rune.IsControl(rune) ? new Rune(' ') : rune).EncodeToUtf8(bytes);
            if (word.Count + length > WordBytesMax)
            {
                words.Add(Word(word));
                word.Clear();
            }

            word.AddRange(bytes[..length]);
        }

        words.Add(Word(word));
        return string.Join("\r\n ", words);
    }

    private static string Word(List<byte> text) => $"=?utf-8?B?{Convert.ToBase64String([.. text])}?=";

    private static string Part(string boundary, string type, string text) =>
        $"--{boundary}\r\nContent-Type: {type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks) + "\r\n";

    private static string PlainText(AlertNotice notice)
    {
        var text = new StringBuilder(notice.Text).Append("\r\n\r\n");
        foreach (var fact in notice.Facts)
            text.Append(fact.Label).Append(": ").Append(fact.Value).Append("\r\n");
        if (notice.Link is { } link)
            text.Append("\r\nIn the console: ").Append(link.AbsoluteUri).Append("\r\n");
        return text.Append("\r\nnotice ").Append(notice.ShortId).Append("\r\n").ToString();
    }
}
