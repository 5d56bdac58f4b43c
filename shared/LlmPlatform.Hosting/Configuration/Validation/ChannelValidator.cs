using LlmPlatform.Hosting.Configuration.Reading;

namespace LlmPlatform.Hosting.Configuration.Validation;

/// <summary>Each kind of channel has what it needs and nothing that would be ignored.</summary>
internal static class ChannelValidator
{
    private static readonly Dictionary<ChannelKind, (string[] Needed, string[] Ignored)> Keys = new()
    {
        [ChannelKind.Slack] = (["url"], ["secret", "previous_secret", "to", "smtp"]),
        [ChannelKind.Webhook] = (["url"], ["to", "smtp"]),
        [ChannelKind.Email] = (["to", "smtp"], ["url", "secret", "previous_secret"]),
        [ChannelKind.PagerDuty] = (["secret"], ["previous_secret", "to", "smtp"]),
    };

    public static void Validate(PlatformConfiguration configuration, FileReading reading)
    {
        for (var i = 0; i < configuration.Channels.Count; i++)
        {
            var (path, channel) = ($"channels[{i}]", configuration.Channels[i]);
            if (!reading.HasFaultWithin($"{path}.kind"))
                CheckKeys(channel.Kind, path, reading);
            CheckAddresses(channel, path, reading);
            if (channel.Smtp is { } smtp && smtp.Username is null != smtp.Password is null)
                reading.Fault($"{path}.smtp", "has a username or a password without the other; give both or neither.");
        }
    }

    private static void CheckKeys(ChannelKind kind, string path, FileReading reading)
    {
        var (needed, ignored) = Keys[kind];
        foreach (var key in needed.Where(key => !reading.Gives($"{path}.{key}")))
            reading.Fault($"{path}.{key}", $"is missing; a channel of kind {EnumText.Of(kind)} needs it.");
        foreach (var key in ignored.Where(key => reading.Gives($"{path}.{key}")))
            reading.Fault($"{path}.{key}", $"means nothing to a channel of kind {EnumText.Of(kind)}; remove it.");
    }

    private static void CheckAddresses(ChannelConfiguration channel, string path, FileReading reading)
    {
        for (var j = 0; j < channel.To.Count; j++)
            CheckAddress($"{path}.to[{j}]", channel.To[j], reading);
        if (channel.Kind == ChannelKind.Email && channel.To.Count == 0 && reading.Gives($"{path}.to")
            && !reading.HasFaultWithin($"{path}.to"))
            reading.Fault($"{path}.to", "names nobody; give at least one address.");
        if (channel.Smtp is { From.Length: > 0 } smtp)
            CheckAddress($"{path}.smtp.from", smtp.From, reading);
    }

    private static void CheckAddress(string path, string address, FileReading reading)
    {
        var isAddress = address.Split('@') is [{ Length: > 0 }, { Length: > 0 }]
            && !address.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter));
        if (!isAddress && address.Length > 0)
            reading.Fault(
                path, $"{reading.Quote(path, address)} is no e-mail address; write it like name@example.com.");
    }
}
