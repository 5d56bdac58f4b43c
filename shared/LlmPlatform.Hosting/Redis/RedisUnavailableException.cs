namespace LlmPlatform.Hosting.Redis;

/// <summary>Redis did not answer. <see cref="Sent"/> tells whether the command may have been carried out.</summary>
public sealed class RedisUnavailableException : Exception
{
    /// <param name="reason">Why there was no answer.</param>
    /// <param name="sent">Whether the command may have reached the server.</param>
    /// <param name="message">A sentence without secrets.</param>
    /// <param name="innerException">What broke the connection, if that is known.</param>
    public RedisUnavailableException(
        RedisUnavailableReason reason, bool sent, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        Sent = sent;
    }

    /// <summary>Why there was no answer.</summary>
    public RedisUnavailableReason Reason { get; }

    /// <summary>
    /// True: the command has left or will leave, and its outcome is unknown. False: it was certainly not carried out.
    /// </summary>
    public bool Sent { get; }
}
