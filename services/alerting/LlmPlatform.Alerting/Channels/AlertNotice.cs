using System.Text.Json.Serialization;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Alerting.Channels;

/// <summary>What a delivery says, the same words on every channel; each kind writes it in its own form.</summary>
internal sealed record AlertNotice
{
    /// <summary>The same on every attempt, so that a receiver can tell a repeat from a second notice.</summary>
    public required Guid DeliveryId { get; init; }

    /// <summary>What it tells of, for machines, for example <c>budget.threshold_crossed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How soon somebody must look.</summary>
    public AlertSeverity Severity { get; init; }

    /// <summary>What it is about, such as <c>tenant:acme</c> or <c>provider:openai</c>; null: nothing.</summary>
    public string? Scope { get; init; }

    /// <summary>
    /// A trouble and its end have the same, whatever comes between; null: it stands by itself. It is shown to on-call
    /// services, which open and close by it.
    /// </summary>
    public string? TroubleKey { get; init; }

    /// <summary>True where it tells that the trouble of <see cref="TroubleKey"/> is over.</summary>
    public bool IsOver { get; init; }

    /// <summary>Where people read on, below the address of a console; null: nowhere.</summary>
    public string? Page { get; init; }

    /// <summary>When that happened.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>One line, without control characters.</summary>
    public required string Title { get; init; }

    /// <summary>One paragraph, without control characters.</summary>
    public required string Text { get; init; }

    /// <summary>The same again as a table.</summary>
    public required IReadOnlyList<NoticeFact> Facts { get; init; }

    /// <summary>The same again for machines; serialized into a webhook's <c>data</c>.</summary>
    public required object Data { get; init; }

    /// <summary>What goes with it by mail, the most important first; other kinds of channels leave it out.</summary>
    public IReadOnlyList<NoticePaper> Papers { get; init; } = [];

    /// <summary>The whole address of <see cref="Page"/>; null: there is no console.</summary>
    [JsonIgnore]
    public Uri? Link { get; init; }

    /// <summary>Eight characters that people can compare.</summary>
    [JsonIgnore]
    public string ShortId => DeliveryId.ToString("N")[^8..];

    /// <summary>A name on one line: a line break in a subject would begin another header.</summary>
    public static string OneLine(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
