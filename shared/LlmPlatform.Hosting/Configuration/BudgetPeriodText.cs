using LlmPlatform.Money.Periods;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// A budget's period as the file writes it: <c>daily</c>, <c>weekly</c>, <c>monthly</c>, or a length such as <c>1h</c>.
/// </summary>
/// <param name="Kind">How the periods follow each other.</param>
/// <param name="Length">The length, one second to 366 days; null for periods of the calendar.</param>
public sealed record BudgetPeriodText(BudgetPeriodKind Kind, TimeSpan? Length)
{
    private static readonly TimeSpan MinLength = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxLength = TimeSpan.FromDays(366);

    /// <summary>Month by month.</summary>
    public static BudgetPeriodText Monthly { get; } = new(BudgetPeriodKind.Monthly, null);

    /// <summary>Reads a period as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="period">The period; <see cref="Monthly"/> when it cannot be read.</param>
    /// <returns>False when the text is neither a name nor a length of whole milliseconds between one second and 366
    /// days.</returns>
    public static bool TryParse(string? text, out BudgetPeriodText period)
    {
        period = Monthly;
        if (EnumText.TryParse<BudgetPeriodKind>(text, out var kind) && kind != BudgetPeriodKind.Length)
        {
            period = new BudgetPeriodText(kind, null);
            return true;
        }

        if (!DurationText.TryParse(text, out var length)
            || length < MinLength || length > MaxLength || length.Ticks % TimeSpan.TicksPerMillisecond != 0)
            return false;
        period = new BudgetPeriodText(BudgetPeriodKind.Length, length);
        return true;
    }

    /// <summary>The period as the file writes it.</summary>
    /// <returns>Text such as <c>monthly</c> or <c>15m</c>.</returns>
    public override string ToString() => Length is { } length ? DurationText.Format(length) : EnumText.Of(Kind);
}
