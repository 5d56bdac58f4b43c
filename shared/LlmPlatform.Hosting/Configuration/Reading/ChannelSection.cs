namespace LlmPlatform.Hosting.Configuration.Reading;

internal static class ChannelSection
{
    public static ChannelConfiguration Read(SectionReader channel)
    {
        var kind = channel.RequiredChoice<ChannelKind>("kind");
        return new ChannelConfiguration
        {
            Name = channel.Name("name"),
            Kind = kind,
            Url = ReadUrl(channel),
            Secret = channel.OptionalSecret("secret"),
            PreviousSecret = channel.OptionalSecret("previous_secret"),
            To = channel.TextList("to"),
            Smtp = channel.Section("smtp", ReadSmtp),
            MinSeverity = channel.Choice(
                "min_severity", kind == ChannelKind.PagerDuty ? AlertSeverity.Critical : AlertSeverity.Info),
            Digest = channel.OptionalDuration("digest", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            MaxPerHour = channel.OptionalInteger("max_per_hour", 1, 3600),
            Line = channel.Line,
        };
    }

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
