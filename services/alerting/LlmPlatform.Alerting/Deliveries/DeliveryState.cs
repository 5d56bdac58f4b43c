namespace LlmPlatform.Alerting.Deliveries;

/// <summary>How far a delivery got.</summary>
internal enum DeliveryState
{
    /// <summary>To be sent when it is due.</summary>
    Pending,

    /// <summary>The channel took it.</summary>
    Delivered,

    /// <summary>Given up; an operator may ask for another try.</summary>
    Dead,

    /// <summary>The configuration file declares no such channel; it is sent once one is declared.</summary>
    ChannelMissing,

    /// <summary>The channel's address is gone; it is sent once the channel is sent to again.</summary>
    ChannelDisabled,

    /// <summary>What it was to tell was over before it was told.</summary>
    Withdrawn,
}
