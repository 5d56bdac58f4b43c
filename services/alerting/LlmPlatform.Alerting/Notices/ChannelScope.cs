namespace LlmPlatform.Alerting.Notices;

/// <summary>The scope of what is said of a channel itself: <c>channel:NAME</c>.</summary>
internal static class ChannelScope
{
    private const string Prefix = "channel:";

    public static string Of(string channel) => Prefix + channel;

    /// <summary>The channel that a notice is about; null: it is about something else.</summary>
    public static string? ChannelIn(string? scope) =>
        scope?.StartsWith(Prefix, StringComparison.Ordinal) == true ? scope[Prefix.Length..] : null;
}
