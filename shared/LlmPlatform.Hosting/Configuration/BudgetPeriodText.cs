using LlmPlatform.Money.Periods;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// A budget's period as the file writes it: <c>daily</c>, <c>weekly</c>, <c>weekly from sunday</c>, <c>monthly</c>,
/// <c>quarterly</c>, <c>quarterly from april</c>, or a length such as <c>1h</c> or
/// <c>30d from 2026-11-05T09:00:00Z</c>.
/// </summary>
/// <param name="Kind">How the periods follow each other.</param>
/// <param name="Length">The length, one second to 366 days; null for periods of the calendar.</param>
public sealed record BudgetPeriodText(BudgetPeriodKind Kind, TimeSpan? Length)
{
    /// <summary>What may be written, for the sentence about what may not.</summary>
    public const string Forms =
        "daily, weekly, monthly, quarterly, weekly from sunday, quarterly from april, a length from 1s to 366d, "
        + "or 30d from 2026-11-05T09:00:00Z";

    private const string Separator = " from ";

    private static readonly TimeSpan MinLength = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxLength = TimeSpan.FromDays(366);

    private static readonly string[] Days =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private static readonly string[] Months =
    [
        "january", "february", "march", "april", "may", "june",
        "july", "august", "september", "october", "november", "december",
    ];

    /// <summary>Month by month.</summary>
    public static BudgetPeriodText Monthly { get; } = new(BudgetPeriodKind.Monthly, null);

    /// <summary>The day that weeks, or a month that quarters begin with, from 1.</summary>
    public int First { get; private init; } = 1;

    /// <summary>An instant that a length begins at, to the second; null: the Unix epoch.</summary>
    public DateTimeOffset? From { get; private init; }

    /// <summary>Reads a period as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="period">The period; <see cref="Monthly"/> when it cannot be read.</param>
    /// <returns>False when the text is none of the <see cref="Forms"/>.</returns>
    public static bool TryParse(string? text, out BudgetPeriodText period)
    {
        period = Monthly;
        var parts = (text ?? "").Split(Separator, 2);
        var read = EnumText.TryParse<BudgetPeriodKind>(parts[0], out var kind) && kind != BudgetPeriodKind.Length
            ? new BudgetPeriodText(kind, null)
            : OfLength(parts[0]);
        if (read is not null && parts.Length == 2)
            read = read.Beginning(parts[1]);
        period = read ?? Monthly;
        return read is not null;
    }

    /// <summary>The period as the file writes it.</summary>
    /// <returns>Text such as <c>monthly</c> or <c>15m</c>.</returns>
    public override string ToString() => this switch
    {
        { Length: { } length, From: { } from } => DurationText.Format(length) + Separator + MomentText.Format(from),
        { Length: { } length } => DurationText.Format(length),
        { First: 1 } => EnumText.Of(Kind),
        { Kind: BudgetPeriodKind.Weekly } => EnumText.Of(Kind) + Separator + Days[First - 1],
        _ => EnumText.Of(Kind) + Separator + Months[First - 1],
    };

    private static BudgetPeriodText? OfLength(string text) =>
        DurationText.TryParse(text, out var length)
        && length >= MinLength && length <= MaxLength && length.Ticks % TimeSpan.TicksPerMillisecond == 0
            ? new BudgetPeriodText(BudgetPeriodKind.Length, length)
            : null;

    private BudgetPeriodText? Beginning(string with) => Kind switch
    {
        BudgetPeriodKind.Weekly when Array.IndexOf(Days, with) is >= 0 and var day => this with { First = day + 1 },
        BudgetPeriodKind.Quarterly when Array.IndexOf(Months, with) is >= 0 and var month =>
            this with { First = month + 1 },
        BudgetPeriodKind.Length when MomentText.TryParse(with, out var from)
            && from.Ticks % TimeSpan.TicksPerSecond == 0 => this with { From = from },
        _ => null,
    };
}
