namespace LlmPlatform.Alerting.Channels;

/// <summary>A mail server refused a step that everything depends on.</summary>
/// <param name="code">Its reply, or 0 where it cannot do what the channel asks of it.</param>
/// <param name="message">A sentence without secrets.</param>
internal sealed class SmtpRefusedException(int code, string message) : Exception(message)
{
    /// <summary>The reply; 0 where it cannot do what is asked.</summary>
    public int Code { get; } = code;
}
