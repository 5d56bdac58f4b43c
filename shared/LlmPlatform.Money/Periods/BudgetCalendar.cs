using NodaTime;
using NodaTime.Calendars;

namespace LlmPlatform.Money.Periods;

/// <summary>
/// The period an instant falls in. A pure function of the calendar and the instant: every edge and metering compute the same
/// period without asking each other, and nothing is ever reset, because a new period is a new counter.
/// </summary>
public sealed class BudgetCalendar
{
    private readonly DateTimeZone _zone;

    /// <summary>A calendar of days, weeks (from Monday) or months in a zone, or of equal lengths counted from the Unix epoch.</summary>
    /// <param name="kind">How periods are cut.</param>
    /// <param name="timeZone">An IANA zone id, for example <c>Asia/Taipei</c>; lengths ignore it.</param>
    /// <param name="length">For <see cref="BudgetPeriodKind.Length"/>: at least one second, in whole milliseconds.</param>
    /// <exception cref="ArgumentException">The zone is unknown, or the length is out of range.</exception>
    public BudgetCalendar(BudgetPeriodKind kind, string timeZone, TimeSpan? length = null)
    {
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone)
            ?? throw new ArgumentException($"'{timeZone}' is not an IANA time zone.", nameof(timeZone));
        if (kind == BudgetPeriodKind.Length && (length is null || length.Value < TimeSpan.FromSeconds(1)))
        {
            throw new ArgumentException("A period of a given length needs a length of at least 1s.", nameof(length));
        }

        Kind = kind;
        TimeZone = timeZone;
        Length = kind == BudgetPeriodKind.Length ? length : null;
    }

    /// <summary>How periods are cut.</summary>
    public BudgetPeriodKind Kind { get; }

    /// <summary>The IANA zone whose midnights cut days, weeks and months.</summary>
    public string TimeZone { get; }

    /// <summary>The length of a period, for <see cref="BudgetPeriodKind.Length"/> only.</summary>
    public TimeSpan? Length { get; }

    /// <summary>The period that contains the instant.</summary>
    public BudgetPeriod At(DateTimeOffset instant)
    {
        if (Kind == BudgetPeriodKind.Length)
        {
            return OfLength(instant);
        }

        var date = Instant.FromDateTimeOffset(instant).InZone(_zone).Date;
        return Kind switch
        {
            BudgetPeriodKind.Daily => Calendar(Text($"d:{date:yyyy-MM-dd}"), date, date.PlusDays(1)),
            BudgetPeriodKind.Weekly => Week(date),
            _ => Month(date),
        };
    }

    private BudgetPeriod OfLength(DateTimeOffset instant)
    {
        var length = (long)Length!.Value.TotalMilliseconds;
        var index = Math.DivRem(instant.ToUnixTimeMilliseconds(), length, out var rest) - (rest < 0 ? 1 : 0);
        return new BudgetPeriod(
            Text($"l:{length}ms:{index}"),
            DateTimeOffset.FromUnixTimeMilliseconds(index * length),
            DateTimeOffset.FromUnixTimeMilliseconds((index + 1) * length));
    }

    private BudgetPeriod Week(LocalDate date)
    {
        var monday = date.PlusDays(1 - (int)date.DayOfWeek);
        var rule = WeekYearRules.Iso;
        var id = Text($"w:{rule.GetWeekYear(date):0000}-W{rule.GetWeekOfWeekYear(date):00}");
        return Calendar(id, monday, monday.PlusDays(7));
    }

    private BudgetPeriod Month(LocalDate date)
    {
        var first = new LocalDate(date.Year, date.Month, 1);
        return Calendar(Text($"m:{date:yyyy-MM}"), first, first.PlusMonths(1));
    }

    // A zone may skip midnight (Santiago, Cairo): the day then starts at the first instant that exists.
    private BudgetPeriod Calendar(string id, LocalDate first, LocalDate next) =>
        new(id, StartOf(first), StartOf(next));

    private DateTimeOffset StartOf(LocalDate date) => _zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset();

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
