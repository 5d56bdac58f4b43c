using NodaTime;
using NodaTime.Calendars;

namespace LlmPlatform.Money.Periods;

/// <summary>
/// The period an instant falls in. A pure function of the calendar and the instant: every edge and metering compute the
/// same period without asking each other, and nothing is ever reset, because a new period is a new counter.
/// </summary>
public sealed class BudgetCalendar
{
    private static readonly TimeSpan MinLength = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxLength = TimeSpan.FromDays(366);

    private readonly DateTimeZone _zone;
    private readonly long _from;

    /// <summary>
    /// A calendar of days, weeks, months or quarters in a zone, or of equal lengths that follow each other.
    /// </summary>
    /// <param name="kind">How periods are cut.</param>
    /// <param name="timeZone">An IANA zone id, for example <c>Asia/Taipei</c>; lengths ignore it.</param>
    /// <param name="length">
    /// For <see cref="BudgetPeriodKind.Length"/>: one second to 366 days, in whole milliseconds.
    /// </param>
    /// <param name="first">
    /// Of weeks the day they begin with, 1 for Monday (the default) to 7; of quarters a month that one begins with, 1
    /// for January (the default) to 12.
    /// </param>
    /// <param name="from">
    /// Of lengths: the instant that one of them begins at, in whole milliseconds; the Unix epoch by default.
    /// </param>
    /// <exception cref="ArgumentException">The zone is unknown, or the length or the beginning is out of
    /// range.</exception>
    public BudgetCalendar(
        BudgetPeriodKind kind, string timeZone, TimeSpan? length = null, int first = 1, DateTimeOffset? from = null)
    {
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone)
            ?? throw new ArgumentException($"'{timeZone}' is not an IANA time zone.", nameof(timeZone));
        if (kind == BudgetPeriodKind.Length && !IsLength(length))
        {
            throw new ArgumentException(
                "A period of a given length lasts 1 s to 366 days, in whole milliseconds.", nameof(length));
        }

        if (first < 1 || first > (kind == BudgetPeriodKind.Weekly ? 7 : 12))
        {
            throw new ArgumentOutOfRangeException(nameof(first), first, "Weeks have 7 days and years 12 months.");
        }

        Kind = kind;
        First = first;
        _from = from?.ToUnixTimeMilliseconds() ?? 0;
        TimeZone = timeZone;
        Length = kind == BudgetPeriodKind.Length ? length : null;
    }

    /// <summary>How periods are cut.</summary>
    public BudgetPeriodKind Kind { get; }

    /// <summary>The day that weeks, or a month that quarters begin with, from 1.</summary>
    public int First { get; }

    /// <summary>The IANA zone whose midnights cut days, weeks, months and quarters.</summary>
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
        var period = Of(date);

        // A clock set back from just after midnight repeats the end of the day before: a period that has begun goes on.
        return instant < period.EndsAt ? period : Of(date.PlusDays(1));
    }

    private BudgetPeriod Of(LocalDate date) => Kind switch
    {
        BudgetPeriodKind.Daily => Calendar(Text($"d:{date:yyyy-MM-dd}"), date, date.PlusDays(1)),
        BudgetPeriodKind.Weekly => Week(date),
        BudgetPeriodKind.Quarterly => Quarter(date),
        _ => Month(date),
    };

    private BudgetPeriod OfLength(DateTimeOffset instant)
    {
        var length = (long)Length!.Value.TotalMilliseconds;
        var index = Math.DivRem(instant.ToUnixTimeMilliseconds() - _from, length, out var rest) - (rest < 0 ? 1 : 0);
        return new BudgetPeriod(
            _from == 0 ? Text($"l:{length}ms:{index}") : Text($"l:{length}ms@{_from}:{index}"),
            DateTimeOffset.FromUnixTimeMilliseconds(_from + (index * length)),
            DateTimeOffset.FromUnixTimeMilliseconds(_from + ((index + 1) * length)));
    }

    private BudgetPeriod Week(LocalDate date)
    {
        var begins = date.PlusDays(-(((int)date.DayOfWeek + 7 - First) % 7));
        var rule = WeekYearRules.Iso;

        // Weeks have numbers from Monday on only.
        var id = First == 1
            ? Text($"w:{rule.GetWeekYear(date):0000}-W{rule.GetWeekOfWeekYear(date):00}")
            : Text($"w:{begins:yyyy-MM-dd}");
        return Calendar(id, begins, begins.PlusDays(7));
    }

    private BudgetPeriod Quarter(LocalDate date)
    {
        var begins = new LocalDate(date.Year, date.Month, 1).PlusMonths(-((date.Month + 12 - First) % 3));
        return Calendar(Text($"q:{begins:yyyy-MM}"), begins, begins.PlusMonths(3));
    }

    private BudgetPeriod Month(LocalDate date)
    {
        var first = new LocalDate(date.Year, date.Month, 1);
        return Calendar(Text($"m:{date:yyyy-MM}"), first, first.PlusMonths(1));
    }

    private BudgetPeriod Calendar(string id, LocalDate first, LocalDate next) =>
        new(id, StartOf(first), StartOf(next));

    // A zone may skip midnight (Santiago, Cairo) or a whole day (Apia, 2011): what begins then begins when the clock
    // has jumped. Where midnight comes twice (Havana), it begins with the first.
    private DateTimeOffset StartOf(LocalDate date)
    {
        var midnight = _zone.MapLocal(date.AtMidnight());
        var start = midnight.Count == 0 ? midnight.EarlyInterval.End : midnight.First().ToInstant();
        return start.ToDateTimeOffset();
    }

    private static bool IsLength(TimeSpan? length) =>
        length >= MinLength && length <= MaxLength && length.Value.Ticks % TimeSpan.TicksPerMillisecond == 0;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
