using LlmPlatform.Alerting.Channels;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Notices;

/// <summary>Who hears of a notice and when, by the configuration in force at the moment it is decided.</summary>
internal sealed class NoticeRouting(IPlatformConfigurationSource configuration)
{
    private const int WindowsMax = 100;

    /// <summary>The channels that hear of it.</summary>
    /// <param name="kind">What it tells of.</param>
    /// <param name="scope">What it is about; null: nothing smaller.</param>
    /// <param name="severity">Channels that hear of nothing so light are left out.</param>
    /// <param name="named">The channels that a budget, or an option, names; null: none does, and every channel is meant
    /// while the file has no rules.</param>
    public IReadOnlyList<string> ChannelsOf(
        string kind, string? scope, AlertSeverity severity, IReadOnlyCollection<string>? named)
    {
        var (channels, routes) = (configuration.Current.Channels, configuration.Current.Alerting.Routes);
        var meant = (named ?? (routes.Count == 0 ? [.. channels.Select(channel => channel.Name)] : []))
            .Concat(routes.Where(route => route.Matches(kind, scope, severity)).SelectMany(route => route.Channels))
            .Distinct(StringComparer.Ordinal);

        // One that the file does not declare yet is waited for: what it wants to hear is not known.
        string[] told =
        [
            .. meant.Where(name => channels.FirstOrDefault(channel => channel.Name == name) is not { } channel
                || severity >= channel.MinSeverity),
        ];
        if (ChannelScope.ChannelIn(scope) is not { } subject)
            return told;

        // A channel cannot say of itself that it is mute, and somebody has to hear it, whatever the rules are.
        told = [.. told.Where(name => name != subject)];
        return told.Length > 0
            ? told
            : [.. channels.Select(channel => channel.Name).Where(name => name != subject)];
    }

    /// <summary>
    /// When a notice may go out: at once, after planned work, or with the next digest of the channel.
    /// </summary>
    /// <param name="kind">What it tells of.</param>
    /// <param name="scope">What it is about.</param>
    /// <param name="isUrgent">Whether it goes out by itself.</param>
    /// <param name="channelName">Where to.</param>
    /// <param name="now">The moment it is decided.</param>
    public DateTimeOffset DueAt(string kind, string? scope, bool isUrgent, string channelName, DateTimeOffset now)
    {
        var due = now;

        // One window may end within another.
        var windows = configuration.Current.Alerting.Maintenance;
        for (var i = 0; i < WindowsMax; i++)
        {
            if (windows.FirstOrDefault(window => window.Covers(kind, scope, due)) is not { } window)
                break;
            due = window.Until;
        }

        var channel = configuration.Current.Channels.FirstOrDefault(channel => channel.Name == channelName);
        if (isUrgent || channel is not { Digest: { } every } || !ChannelDesk.Gathers(channel))
            return due;

        // Digests of a channel go out at the same moments whoever computes them.
        var rest = due.UtcTicks % every.Ticks;
        return rest == 0 ? due : due.AddTicks(every.Ticks - rest);
    }
}
