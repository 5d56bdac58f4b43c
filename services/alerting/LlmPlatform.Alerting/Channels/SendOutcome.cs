namespace LlmPlatform.Alerting.Channels;

/// <summary>How an attempt to deliver ended.</summary>
internal enum SendOutcome
{
    /// <summary>The channel took it.</summary>
    Delivered,

    /// <summary>Not now; another attempt may succeed.</summary>
    Retry,

    /// <summary>Never: another attempt would end the same way until someone changes something.</summary>
    Refused,

    /// <summary>The address is not there any more, whatever it is sent.</summary>
    Gone,
}
