using System.Net.Http.Json;
using System.Text;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>A Slack incoming webhook: blocks for people who look, a text for notifications.</summary>
internal sealed class SlackChannel(ChannelPost post) : IAlertChannel
{
    // Below what Slack takes of each part, because a message past about 13,000 characters in all is refused whole.
    private const int MaxNotification = 1_000;
    private const int MaxText = 2_000;
    private const int MaxHeader = 150;
    private const int MaxField = 300;
    private const int MaxFields = 10;

    public ChannelKind Kind => ChannelKind.Slack;

    public Task<SendResult> SendAsync(
        ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken) =>
        post.SendAsync(
            channel.Url?.Reveal() ?? "",
            JsonContent.Create(Message(notice)),

            // 400: the message will never do. 403, 404, 410: the webhook, or the channel behind it, is gone.
            ChannelPost.JudgeIssued,
            cancellationToken);

    /// <summary>What is posted; within what Slack takes of each part and of all.</summary>
    internal static object Message(AlertNotice notice)
    {
        var blocks = new List<object>
        {
            new { type = "header", text = new { type = "plain_text", text = Written(Headline(notice), MaxHeader) } },
            new { type = "section", text = new { type = "mrkdwn", text = Written(notice.Text, MaxText) } },
        };
        if (notice.Facts.Count > 0)
            blocks.Add(new { type = "section", fields = notice.Facts.Take(MaxFields).Select(FieldOf) });
        blocks.Add(new { type = "context", elements = new[] { new { type = "mrkdwn", text = Foot(notice) } } });
        return new
        {
            text = Written($"{Headline(notice)}. {notice.Text} (notice {notice.ShortId})", MaxNotification),
            blocks,
        };
    }

    private static string Headline(AlertNotice notice) => notice switch
    {
        { IsOver: true } => $"\u2705 {notice.Title}",
        { Severity: AlertSeverity.Critical } => $"\U0001F6A8 {notice.Title}",
        { Severity: AlertSeverity.Warning } => $"\u26A0\uFE0F {notice.Title}",
        _ => notice.Title,
    };

    private static object FieldOf(NoticeFact fact) => new
    {
        type = "mrkdwn",
        text = $"*{Written(fact.Label, MaxField)}*\n{Written(fact.Value, MaxField)}",
    };

    private static string Foot(AlertNotice notice)
    {
        var more = notice.Facts.Count > MaxFields ? $"{notice.Facts.Count - MaxFields} more \u00B7 " : "";
        var link = notice.Link is { } address
            ? $"<{Written(address.AbsoluteUri, MaxText)}|Open in the console> \u00B7 "
            : "";
        return $"{more}{link}notice {notice.ShortId}";
    }

    /// <summary>
    /// Escapes the three characters that Slack reads as markup, without which a budget named <c>&lt;!channel&gt;</c>
    /// would call everybody, and cuts to what fits, never inside an escape or a surrogate pair.
    /// </summary>
    internal static string Written(string text, int maxLength)
    {
        var written = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            var next = rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => rune.ToString(),
            };
            if (written.Length + next.Length > maxLength)
                break;
            written.Append(next);
        }

        return written.ToString();
    }
}
