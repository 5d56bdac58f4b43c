using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using LlmPlatform.Money.Periods;

namespace LlmPlatform.Quota;

/// <summary>One revision of a budget.</summary>
public sealed record BudgetDefinition
{
    private static readonly ConditionalWeakTable<BudgetDefinition, BudgetCalendar> Calendars = [];

    /// <summary>Stable over all revisions; part of the counter's key, so without control characters.</summary>
    public required string Id { get; init; }

    /// <summary>The name people know it by.</summary>
    public required string Name { get; init; }

    /// <summary>Grows with every change; of two edges that know different ones, the higher decides.</summary>
    public required long Revision { get; init; }

    /// <summary>Whose spending it counts, as the configuration writes it: <c>global</c>, <c>tenant:acme</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>What a period may spend, nano-USD, from 0; of a budget of tokens it says nothing.</summary>
    public required long LimitNanoUsd { get; init; }

    /// <summary>What a period may consume, tokens, from 0; null: the budget is one of money.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>Whether it counts tokens instead of money.</summary>
    [JsonIgnore]
    public bool CountsTokens => LimitTokens is not null;

    /// <summary>The limit in its unit, tokens or nano-USD, without increases.</summary>
    [JsonIgnore]
    public long Limit => LimitTokens ?? LimitNanoUsd;

    /// <summary>How its periods follow each other.</summary>
    public required BudgetPeriodKind PeriodKind { get; init; }

    /// <summary>The length of a period, for <see cref="BudgetPeriodKind.Length"/> only.</summary>
    public TimeSpan? PeriodLength { get; init; }

    /// <summary>The day its weeks, or a month its quarters begin with, from 1. Default 1.</summary>
    public int PeriodFirst { get; init; } = 1;

    /// <summary>
    /// An instant that a period of a given length begins at; null: those are counted from the Unix epoch.
    /// </summary>
    public DateTimeOffset? PeriodFrom { get; init; }

    /// <summary>The IANA zone its periods are cut in. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>True: refuses a call that does not fit. False: only counts.</summary>
    public required bool Enforce { get; init; }

    /// <summary>
    /// Where it refuses: true, a stream holds a little at a time and is ended when no more can be held; false, a call
    /// holds all that it may become.
    /// </summary>
    public bool IsSoft { get; init; }

    /// <summary>
    /// Shares of the limit that are announced when spending reaches them, in basis points, ascending.
    /// </summary>
    public IReadOnlyList<int> ThresholdBasisPoints { get; init; } = [];

    /// <summary>The channels that hear of it, by name.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>The only users whose spending it counts; empty: everyone within the scope.</summary>
    public IReadOnlyList<string> SharedUsers { get; init; } = [];

    /// <summary>What is added to the limit for a while.</summary>
    public IReadOnlyList<LimitIncrease> Increases { get; init; } = [];

    /// <summary>The limit and the revision that hold at an instant.</summary>
    public LimitInForce InForceAt(DateTimeOffset instant) => LimitInForce.At(Limit, Revision, Increases, instant);

    /// <summary>The calendar that cuts its periods; made once for each definition.</summary>
    /// <exception cref="ArgumentException">The zone is unknown, or the length is missing or too short.</exception>
    // Not a field: a record copies its fields in a with-expression, and compares them.
    public BudgetCalendar Calendar() => Calendars.GetValue(
        this, static budget => new BudgetCalendar(
            budget.PeriodKind, budget.TimeZone, budget.PeriodLength, budget.PeriodFirst, budget.PeriodFrom));
}
