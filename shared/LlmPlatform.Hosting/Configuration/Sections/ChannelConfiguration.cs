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

    /// <summary>What webhook posts are signed with; null: they are not signed.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Addresses that mail goes to, for kind email.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The server that takes the mail, for kind email.</summary>
    public SmtpConfiguration? Smtp { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
