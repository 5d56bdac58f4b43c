using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>A kind of channel: how a notice is written for it and handed over.</summary>
internal interface IAlertChannel
{
    /// <summary>The kind it serves.</summary>
    ChannelKind Kind { get; }

    /// <summary>Makes one attempt. What goes wrong is in the result; only a cancelled attempt throws.</summary>
    /// <param name="channel">Where to; its secrets are revealed here and nowhere before.</param>
    /// <param name="notice">What to say.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task<SendResult> SendAsync(ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken);
}
