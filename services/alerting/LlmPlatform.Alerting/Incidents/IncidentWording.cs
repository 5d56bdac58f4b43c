using System.Globalization;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>
/// Puts a condition into words: what is wrong, what that means for callers, and what to do. A condition that is not
/// known here is told in its own words.
/// </summary>
internal static class IncidentWording
{
    /// <param name="seen">What was observed.</param>
    /// <param name="since">When it had begun; null: it begins now.</param>
    public static AlertNotice Of(ConditionObserved seen, DateTimeOffset? since)
    {
        var subject = AlertNotice.OneLine(seen.Subject);
        var (severity, scope, title, text, over) = Words(seen, subject);
        var facts = new List<NoticeFact> { new("Of", subject) };
        if (seen.Value is { } value)
            facts.Add(new NoticeFact("Measured", Measured(seen.Condition, value)));
        if (seen.Limit is { } limit)
            facts.Add(new NoticeFact("Limit", Measured(seen.Condition, limit)));
        if (seen.Detail is { } detail)
            facts.Add(new NoticeFact("Detail", AlertNotice.OneLine(detail)));
        if (since is { } began)
            facts.Add(new NoticeFact("Lasted", NoticeWords.Length(seen.ObservedAt - began)));
        return new AlertNotice
        {
            DeliveryId = Guid.Empty,
            Kind = seen.Condition,
            Severity = severity,
            Scope = scope,
            IsOver = !seen.Holds,
            Page = "alerts",
            OccurredAt = seen.ObservedAt,
            Title = seen.Holds ? title : over,
            Text = seen.Holds ? text : EndText(seen, since),
            Facts = facts,
            Data = new
            {
                seen.Condition,
                seen.Subject,
                seen.Holds,
                seen.Value,
                seen.Limit,
                seen.Detail,
                Since = since ?? seen.ObservedAt,
            },
        };
    }

    private static (AlertSeverity Severity, string Scope, string Title, string Text, string Over) Words(
        ConditionObserved seen, string subject) => seen.Condition switch
    {
        Conditions.ProviderDown => (
            AlertSeverity.Critical, $"provider:{subject}", $"Provider {subject} is down",
            $"The health probes of {subject} fail. It is tried last: calls go to other deployments where there are "
                + "any, and fail where there are none. It is taken back by itself once its probes succeed.",
            $"Provider {subject} is up again"),
        Conditions.FallbackRate => (
            AlertSeverity.Warning, $"model:{subject}", $"Many calls to {subject} are served by a fallback",
            $"{Measured(seen.Condition, seen.Value ?? 0)} of the last calls to {subject} were answered by something "
                + "else than was asked for first. Callers see it in X-Model-Fallback; look at the provider's health.",
            $"Calls to {subject} are served as asked again"),
        Conditions.SpoolAge => (
            AlertSeverity.Critical, $"edge:{subject}", $"Usage waits on edge {subject}",
            "The bus has not taken what this edge wrote down. Nothing is lost while its disk lives: keep its volume, "
                + "and look at RabbitMQ. Bills of the month cannot be closed until it has come.",
            $"Edge {subject} has handed over its usage"),
        Conditions.ErrorQueue => (
            AlertSeverity.Critical, $"queue:{subject}", $"Messages were put aside in {subject}",
            "What is there could not be handled and is not tried again by itself. Find the cause in the log of the "
                + "service the queue is named for, then move the messages back.",
            $"Nothing is put aside in {subject} any more"),
        Conditions.Unpriced => (
            AlertSeverity.Warning, $"model:{subject}", $"Usage of {subject} has no price",
            "It is on no bill until somebody gives one, and then it is rated anew; until then budgets that are "
                + "enforced refuse the model.",
            $"Usage of {subject} has a price now"),
        Conditions.ChannelDisabled => (
            AlertSeverity.Critical, ChannelScope.Of(subject), $"Channel {subject} is disabled",
            "Its address is gone for good, and who hears of troubles there hears of none. What it is to be told is "
                + "kept, and sent once the file gives it another address or a test of it is delivered.",
            $"Channel {subject} is sent to again"),
        Conditions.BusAway => (
            AlertSeverity.Critical, $"bus:{subject}", "The message bus cannot be reached",
            "Calls go on and usage waits on the disks of the edges; bills, budgets' alerts and the audit trail stand "
                + "still until it is back.",
            "The message bus can be reached again"),
        _ => (
            AlertSeverity.Warning, AlertNotice.OneLine($"{seen.Condition}:{subject}"),
            AlertNotice.OneLine($"{seen.Condition}: {subject}"),
            AlertNotice.OneLine(seen.Detail ?? "The platform reports it and says no more."),
            AlertNotice.OneLine($"{seen.Condition} is over: {subject}")),
    };

    private static string EndText(ConditionObserved seen, DateTimeOffset? since)
    {
        var lasted = since is { } began
            ? $"It had lasted {NoticeWords.Length(seen.ObservedAt - began)}."
            : "It is over.";
        return seen.Detail is { } detail ? $"{lasted} Now: {AlertNotice.OneLine(detail)}." : lasted;
    }

    private static string Measured(string condition, decimal value) => condition switch
    {
        Conditions.FallbackRate => NoticeWords.Percent(decimal.Round(value * 100, 1)),
        Conditions.SpoolAge => NoticeWords.Length(TimeSpan.FromSeconds((double)value)),
        Conditions.ErrorQueue => string.Create(CultureInfo.InvariantCulture, $"{value:0} messages"),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
