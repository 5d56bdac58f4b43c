namespace LlmPlatform.Alerting.Channels;

/// <summary>What an attempt came to.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What the channel said, in words without secrets: a status or a kind of failure, never a
/// body.</param>
/// <param name="RetryAfter">How long the channel asked to be left alone; null when it did not say.</param>
internal sealed record SendResult(SendOutcome Outcome, string Detail, TimeSpan? RetryAfter = null)
{
    /// <summary>Recipients of a mail that the server did not take.</summary>
    public IReadOnlyList<RefusedRecipient> RefusedRecipients { get; init; } = [];

    public static SendResult Delivered(string detail) => new(SendOutcome.Delivered, detail);

    public static SendResult Retry(string detail, TimeSpan? after = null) => new(SendOutcome.Retry, detail, after);

    public static SendResult Refused(string detail) => new(SendOutcome.Refused, detail);

    public static SendResult Gone(string detail) => new(SendOutcome.Gone, detail);
}
