using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>A channel as operators see it: where it leads, and none of its secrets.</summary>
internal sealed record ChannelResponse
{
    public required string Name { get; init; }

    public required ChannelKind Kind { get; init; }

    /// <summary>The host of a Slack or webhook address; the rest of the address is a secret.</summary>
    public string? Host { get; init; }

    /// <summary>True for a webhook whose posts are signed.</summary>
    public bool? Signed { get; init; }

    /// <summary>The least severity it hears of.</summary>
    public required AlertSeverity MinSeverity { get; init; }

    public IReadOnlyList<string>? To { get; init; }

    public string? From { get; init; }

    /// <summary>Host and port of the mail server.</summary>
    public string? SmtpServer { get; init; }

    public SmtpTls? SmtpTls { get; init; }

    /// <summary>Since when nothing is sent to it, because its address is gone; left out while it is sent to.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>What its address said.</summary>
    public string? DisabledBecause { get; init; }

    /// <summary>Its addresses that the mail server has refused for good; left out where there are none.</summary>
    public IReadOnlyList<RefusedAddressResponse>? RefusedAddresses { get; init; }

    /// <summary>Where it is declared; channels are declared in the file only.</summary>
    public string Source { get; } = "file";

    public static ChannelResponse Of(
        ChannelConfiguration channel, DisabledChannel? disabled, IEnumerable<RefusedAddress> refused) => new()
    {
        Name = channel.Name,
        Kind = channel.Kind,
        Host = channel.Url is { } url && Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var address)
            ? address.Host
            : null,
        Signed = channel.Kind == ChannelKind.Webhook ? channel.Secret is not null : null,
        MinSeverity = channel.MinSeverity,
        To = channel.Kind == ChannelKind.Email ? channel.To : null,
        From = channel.Smtp?.From,
        SmtpServer = channel.Smtp is { } smtp ? $"{smtp.Host}:{smtp.Port}" : null,
        SmtpTls = channel.Smtp?.Tls,
        DisabledAt = disabled?.Since,
        DisabledBecause = disabled?.Reason,
        RefusedAddresses = refused.Where(address => channel.To.Contains(address.Address))
            .Select(RefusedAddressResponse.Of).ToArray() is { Length: > 0 } shown ? shown : null,
    };
}
