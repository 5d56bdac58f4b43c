using System.Diagnostics.CodeAnalysis;
using LlmPlatform.Money.Periods;
using NodaTime;
using NodaTime.Text;

namespace LlmPlatform.Billing.Bills;

/// <summary>A calendar month in the billing time zone.</summary>
/// <param name="Name">For example <c>2026-11</c>.</param>
/// <param name="TimeZone">The IANA zone whose midnights bound it.</param>
/// <param name="StartsAt">The first instant.</param>
/// <param name="EndsAt">The first instant after.</param>
internal sealed record BillPeriod(string Name, string TimeZone, DateTimeOffset StartsAt, DateTimeOffset EndsAt)
{
    /// <summary>Characters of <see cref="Name"/>.</summary>
    public const int NameLength = 7;

    private static readonly YearMonthPattern Pattern = YearMonthPattern.Iso;

    /// <summary>The month that contains an instant.</summary>
    public static BillPeriod At(DateTimeOffset instant, string timeZone)
    {
        var period = new BudgetCalendar(BudgetPeriodKind.Monthly, timeZone).At(instant);
        return new BillPeriod(period.Id["m:".Length..], timeZone, period.StartsAt, period.EndsAt);
    }

    /// <summary>A month by a name that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static BillPeriod Of(string name, string timeZone) =>
        TryParse(name, timeZone, out var period) ? period : throw new FormatException($"'{name}' is no month.");

    /// <summary>The name of the month some months before.</summary>
    public string Before(int months) => Pattern.Format(Pattern.Parse(Name).Value.PlusMonths(-months));

    /// <summary>Reads <c>2026-11</c>; years from 1970 to 2105.</summary>
    public static bool TryParse(string name, string timeZone, [NotNullWhen(true)] out BillPeriod? period)
    {
        period = null;
        if (name.Length != NameLength || Pattern.Parse(name) is not { Success: true } month
            || month.Value.Year is < 1970 or > 2105)
        {
            return false;
        }

        var middle = month.Value.OnDayOfMonth(15).AtStartOfDayInZone(DateTimeZoneProviders.Tzdb[timeZone]);
        period = At(middle.ToDateTimeOffset(), timeZone);
        return true;
    }
}
