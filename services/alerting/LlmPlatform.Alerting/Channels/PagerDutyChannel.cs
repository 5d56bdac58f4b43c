using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>
/// On-call services that take PagerDuty's Events API v2: a trouble is triggered, and resolved when it is over, under
/// one <c>dedup_key</c>, so that a repeat opens nothing.
/// </summary>
internal sealed class PagerDutyChannel(ChannelPost post) : IAlertChannel
{
    // What the API takes of each, in characters.
    private const int SummaryMax = 1_024;
    private const int KeyMax = 255;

    private const string DefaultAddress = "https://events.pagerduty.com/v2/enqueue";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public ChannelKind Kind => ChannelKind.PagerDuty;

    public Task<SendResult> SendAsync(
        ChannelConfiguration channel, AlertNotice notice, CancellationToken cancellationToken) =>
        post.SendAsync(
            channel.Url?.Reveal() ?? DefaultAddress,
            JsonContent.Create(EventOf(channel.Secret?.Reveal() ?? "", notice), options: Json),

            // 400: the event, or the routing key, will never do. 403, 404, 410: the integration is gone.
            ChannelPost.JudgeIssued,
            cancellationToken);

    private static object EventOf(string routingKey, AlertNotice notice)
    {
        var dedupKey = Cut(notice.TroubleKey ?? notice.DeliveryId.ToString("N"), KeyMax);
        if (notice.IsOver)
            return new { RoutingKey = routingKey, EventAction = "resolve", DedupKey = dedupKey };
        return new
        {
            RoutingKey = routingKey,
            EventAction = "trigger",
            DedupKey = dedupKey,
            Client = "LLM platform",
            ClientUrl = notice.Link,
            Links = notice.Link is { } link ? new[] { new { Href = link, Text = "Open in the console" } } : null,
            Payload = new
            {
                Summary = Cut(notice.Title, SummaryMax),
                Source = "llm-platform",
                Severity = EnumText.Of(notice.Severity),
                Timestamp = notice.OccurredAt,
                Component = notice.Scope,
                Class = notice.Kind,
                CustomDetails = new { notice.Text, notice.Data },
            },
        };
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        var cut = new StringBuilder(length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cut.Length + rune.Utf16SequenceLength > length)
                break;
            cut.Append(rune);
        }

        return cut.ToString();
    }
}
