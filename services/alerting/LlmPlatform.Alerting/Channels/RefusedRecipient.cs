namespace LlmPlatform.Alerting.Channels;

/// <summary>A recipient that the mail server did not take.</summary>
/// <param name="Address">Where the mail was to go.</param>
/// <param name="Reply">What the server said: 4xx not now, 5xx never.</param>
internal readonly record struct RefusedRecipient(string Address, int Reply)
{
    private const int FirstPermanentReply = 500;

    /// <summary>Whether asking again is of no use.</summary>
    public bool IsForGood => Reply >= FirstPermanentReply;
}
