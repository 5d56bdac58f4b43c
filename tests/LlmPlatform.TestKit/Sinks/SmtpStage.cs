namespace LlmPlatform.TestKit.Sinks;

/// <summary>Where in a mail transaction a scripted failure strikes.</summary>
public enum SmtpStage
{
    /// <summary>At <c>MAIL FROM</c>.</summary>
    Sender,

    /// <summary>At <c>RCPT TO</c>.</summary>
    Recipient,

    /// <summary>After the text, in place of accepting it.</summary>
    Text,
}
