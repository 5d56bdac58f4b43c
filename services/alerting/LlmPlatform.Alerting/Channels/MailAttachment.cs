namespace LlmPlatform.Alerting.Channels;

/// <summary>A paper as it goes with a mail.</summary>
/// <param name="Paper">Which.</param>
/// <param name="Content">Null: it is too large, or cannot be had; the mail says so.</param>
internal sealed record MailAttachment(NoticePaper Paper, byte[]? Content);
