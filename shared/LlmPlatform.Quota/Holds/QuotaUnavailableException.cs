namespace LlmPlatform.Quota;

/// <summary>Limits could not be checked: Redis is away, refuses, or did not answer in time.</summary>
public sealed class QuotaUnavailableException : Exception
{
    /// <param name="message">A sentence without secrets.</param>
    /// <param name="outcomeUnknown">Whether the call may have taken effect all the same.</param>
    /// <param name="innerException">What Redis, or the way to it, said.</param>
    public QuotaUnavailableException(string message, bool outcomeUnknown, Exception? innerException = null)
        : base(message, innerException) => OutcomeUnknown = outcomeUnknown;

    /// <summary>
    /// True: it may have taken effect. A reserve is then undone in the background, and its request id must not be used
    /// again.
    /// </summary>
    public bool OutcomeUnknown { get; }

    internal static QuotaUnavailableException Lost() =>
        new("Redis has been emptied, and its counters are not made anew yet.", outcomeUnknown: false);
}
