namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>channels</c>: somewhere alerts are delivered.</summary>
public sealed record ChannelConfiguration
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it delivers.</summary>
    public required ChannelKind Kind { get; init; }

    /// <summary>
    /// An absolute http or https address, for kinds slack and webhook. Who knows it can post, so it is a secret.
    /// </summary>
    public Secret? Url { get; init; }

    /// <summary>
    /// What webhook posts are signed with; null: they are not signed. For kind pagerduty the integration's routing key.
    /// </summary>
    public Secret? Secret { get; init; }

    /// <summary>
    /// What webhook posts were signed with before: they carry both signatures while receivers change over.
    /// </summary>
    public Secret? PreviousSecret { get; init; }

    /// <summary>The least severity it hears of. Default info; critical for kind pagerduty.</summary>
    public AlertSeverity MinSeverity { get; init; }

    /// <summary>
    /// What is not critical is gathered and sent in one message so often; null: each at once. Default null.
    /// </summary>
    public TimeSpan? Digest { get; init; }

    /// <summary>
    /// Messages an hour; what comes beyond them and is not critical is gathered into one. 1 to 3600; null: no bound.
    /// Default null.
    /// </summary>
    public int? MaxPerHour { get; init; }

    /// <summary>Addresses that mail goes to, for kind email.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The server that takes the mail, for kind email.</summary>
    public SmtpConfiguration? Smtp { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
