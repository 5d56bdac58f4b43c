namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class ChannelSection
{
    public static ChannelConfiguration Read(SectionReader channel) => new()
    {
        Name = channel.Name("name"),
        Kind = channel.RequiredChoice<ChannelKind>("kind"),
        Url = ReadUrl(channel),
        Secret = channel.OptionalSecret("secret"),
        To = channel.TextList("to"),
        Smtp = channel.Section("smtp", ReadSmtp),
        Line = channel.Line,
    };

    private static Secret? ReadUrl(SectionReader channel)
    {
        if (channel.OptionalSecret("url") is not { } url)
            return null;
        if (!Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https"))
            channel.Fault("url", "is no address; write it whole, beginning with https://.");
        return url;
    }

    private static SmtpConfiguration ReadSmtp(SectionReader smtp) => new()
    {
        Host = smtp.Text("host"),
        Port = smtp.Integer("port", 587, 1, 65535),
        From = smtp.Text("from"),
        Tls = smtp.Choice("tls", SmtpTls.StartTls),
        Username = smtp.OptionalText("username"),
        Password = smtp.OptionalSecret("password"),
    };
}
