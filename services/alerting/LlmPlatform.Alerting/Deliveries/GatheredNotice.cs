using LlmPlatform.Alerting.Channels;
using LlmPlatform.Money;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>Several notices in one message, each a line of it, the heaviest first.</summary>
internal static class GatheredNotice
{
    /// <param name="notices">Two or more.</param>
    public static AlertNotice Of(IReadOnlyList<AlertNotice> notices)
    {
        var ordered = notices.OrderByDescending(notice => notice.Severity).ThenBy(notice => notice.OccurredAt).ToList();
        return new AlertNotice
        {
            // The same notices make the same message, on whichever attempt.
            DeliveryId = EventIdentity.Named(
                "gathered\n" + string.Join('\n', notices.Select(notice => notice.DeliveryId).Order())),
            Kind = "notices.gathered",
            Severity = ordered[0].Severity,
            Page = "alerts",
            OccurredAt = notices.Max(notice => notice.OccurredAt),
            Title = FormattableString.Invariant($"{notices.Count} notices"),
            Text = string.Join(". ", ordered.Take(3).Select(notice => notice.Title))
                + (ordered.Count > 3 ? FormattableString.Invariant($". {ordered.Count - 3} more.") : "."),
            Facts = [.. ordered.Select(notice => new NoticeFact(notice.Title, notice.Text))],
            Data = new
            {
                Notices = ordered.Select(notice => new
                {
                    Id = $"msg_{notice.DeliveryId:N}",
                    Type = notice.Kind,
                    Timestamp = notice.OccurredAt,
                    notice.IsOver,
                    notice.Data,
                }),
            },
        };
    }
}
