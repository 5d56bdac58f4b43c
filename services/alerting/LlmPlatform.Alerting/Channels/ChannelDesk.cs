using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// Finds the channels that the configuration file declares, and makes one attempt at a time for whoever asks.
/// </summary>
internal sealed class ChannelDesk(
    IEnumerable<IAlertChannel> kinds,
    IPlatformConfigurationSource configuration,
    ChannelOptions options,
    TimeProvider clock)
{
    private readonly Dictionary<ChannelKind, IAlertChannel> _kinds = kinds.ToDictionary(kind => kind.Kind);

    /// <summary>The channels in force.</summary>
    public IReadOnlyList<ChannelConfiguration> Channels => configuration.Current.Channels;

    /// <summary>The channel of that name; null when the file in force has none.</summary>
    public ChannelConfiguration? Find(string name) =>
        Channels.FirstOrDefault(channel => string.Equals(channel.Name, name, StringComparison.Ordinal));

    /// <summary>Whether what is not critical may be gathered into one message for a channel.</summary>
    /// <remarks>Events for on-call services are opened and closed each by its own key.</remarks>
    public static bool Gathers(ChannelConfiguration channel) =>
        channel.Kind != ChannelKind.PagerDuty && (channel.Digest is not null || channel.MaxPerHour is not null);

    /// <summary>One attempt, ended after <see cref="ChannelOptions.Timeout"/>.</summary>
    public async Task<SendResult> SendAsync(
        ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var linked = notice with { Link = LinkOf(notice) };
            var result = await _kinds[channel.Kind].SendAsync(channel, linked, either.Token);
            return result.RetryAfter > options.MaxRetryAfter
                ? result with { RetryAfter = options.MaxRetryAfter }
                : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendResult.Retry("no answer in time");
        }
    }

    // A link that leads nowhere is worse than none.
    private Uri? LinkOf(AlertNotice notice) => options.ConsoleUrl is { } console && notice.Page is { } page
        ? new Uri($"{console.AbsoluteUri.TrimEnd('/')}/{page}")
        : null;
}
