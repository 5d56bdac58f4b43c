using System.Globalization;
using LlmPlatform.Money.Periods;
using NodaTime;
using NodaTime.TimeZones;

namespace LlmPlatform.Money.Tests.Periods;

public class BudgetCalendarTests
{
    private static readonly DateTimeOffset _from = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _until = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(BudgetPeriodKind.Daily, 1)]
    [InlineData(BudgetPeriodKind.Weekly, 1)]
    [InlineData(BudgetPeriodKind.Weekly, 7)]
    [InlineData(BudgetPeriodKind.Monthly, 1)]
    [InlineData(BudgetPeriodKind.Quarterly, 1)]
    [InlineData(BudgetPeriodKind.Quarterly, 5)]
    public void Periods_tile_time_without_gap_or_overlap_in_every_zone(BudgetPeriodKind kind, int first)
    {
        // An alias has its zone's clock: one of them stands for all.
        var zones = TzdbDateTimeZoneSource.Default.CanonicalIdMap.Values.Distinct();

        Parallel.ForEach(zones, zone => Walk(new BudgetCalendar(kind, zone, first: first)));
    }

    [Fact]
    public void Every_zone_of_the_database_has_a_calendar() =>
        Assert.All(DateTimeZoneProviders.Tzdb.Ids, zone =>
        {
            var calendar = new BudgetCalendar(BudgetPeriodKind.Monthly, zone);
            Assert.Equal("m:2026-11", calendar.At(Utc("2026-11-15T12:00")).Id);
        });

    [Theory]
    [InlineData("UTC", "2026-11-21T10:00", "2026-11-21T00:00", "2026-11-22T00:00")]
    [InlineData("Asia/Taipei", "2026-11-21T20:00", "2026-11-21T16:00", "2026-11-22T16:00")]
    [InlineData("Asia/Kathmandu", "2026-11-21T00:00", "2026-11-20T18:15", "2026-11-21T18:15")]
    [InlineData("Pacific/Chatham", "2026-07-01T00:00", "2026-06-30T11:15", "2026-07-01T11:15")]
    [InlineData("America/New_York", "2026-03-08T12:00", "2026-03-08T05:00", "2026-03-09T04:00")]
    [InlineData("America/New_York", "2026-11-01T12:00", "2026-11-01T04:00", "2026-11-02T05:00")]
    // Half an hour of daylight saving.
    [InlineData("Australia/Lord_Howe", "2026-10-04T00:00", "2026-10-03T13:30", "2026-10-04T13:00")]
    [InlineData("Australia/Lord_Howe", "2026-04-05T00:00", "2026-04-04T13:00", "2026-04-05T13:30")]
    // Midnight is skipped: the day begins at one o'clock.
    [InlineData("America/Santiago", "2026-09-06T12:00", "2026-09-06T04:00", "2026-09-07T03:00")]
    [InlineData("Africa/Cairo", "2026-04-24T12:00", "2026-04-23T22:00", "2026-04-24T21:00")]
    // The clock goes back to eleven in the evening: the day before has 25 hours.
    [InlineData("America/Santiago", "2026-04-05T03:30", "2026-04-04T03:00", "2026-04-05T04:00")]
    // Midnight comes twice: the day begins with the first.
    [InlineData("America/Havana", "2025-11-02T04:30", "2025-11-02T04:00", "2025-11-03T05:00")]
    [InlineData("America/Havana", "2025-11-02T05:30", "2025-11-02T04:00", "2025-11-03T05:00")]
    // Until 2011 the clock went back from 00:01 to 23:01: the evening that came again belongs to the new day.
    [InlineData("America/St_Johns", "2010-11-07T02:30:30", "2010-11-07T02:30", "2010-11-08T03:30")]
    [InlineData("America/St_Johns", "2010-11-07T03:00", "2010-11-07T02:30", "2010-11-08T03:30")]
    // Apia had no 30 December 2011.
    [InlineData("Pacific/Apia", "2011-12-30T09:59", "2011-12-29T10:00", "2011-12-30T10:00")]
    [InlineData("Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00", "2011-12-31T10:00")]
    public void A_day_lasts_from_its_first_instant_to_the_first_of_the_next(
        string zone, string at, string startsAt, string endsAt)
    {
        var period = new BudgetCalendar(BudgetPeriodKind.Daily, zone).At(Utc(at));

        Assert.Equal((Utc(startsAt), Utc(endsAt)), (period.StartsAt, period.EndsAt));
        Assert.Equal(TimeSpan.Zero, period.StartsAt.Offset);
        Assert.Equal(TimeSpan.Zero, period.EndsAt.Offset);
    }

    [Theory]
    [InlineData("2024-12-29T23:59", "w:2024-W52", "2024-12-23", "2024-12-30")]
    [InlineData("2024-12-30T00:00", "w:2025-W01", "2024-12-30", "2025-01-06")]
    [InlineData("2026-12-31T12:00", "w:2026-W53", "2026-12-28", "2027-01-04")]
    [InlineData("2027-01-03T23:59", "w:2026-W53", "2026-12-28", "2027-01-04")]
    [InlineData("2027-01-04T00:00", "w:2027-W01", "2027-01-04", "2027-01-11")]
    public void A_week_belongs_to_the_year_that_has_its_Thursday(
        string at, string id, string startsAt, string endsAt) =>
        Assert.Equal(
            new BudgetPeriod(id, Utc(startsAt), Utc(endsAt)),
            new BudgetCalendar(BudgetPeriodKind.Weekly, "UTC").At(Utc(at)));

    [Theory]
    [InlineData(1, "2026-11-21T12:00", "q:2026-10", "2026-10-01", "2027-01-01")]
    [InlineData(4, "2026-11-21T12:00", "q:2026-10", "2026-10-01", "2027-01-01")]
    [InlineData(2, "2026-11-21T12:00", "q:2026-11", "2026-11-01", "2027-02-01")]
    [InlineData(2, "2027-01-31T23:59", "q:2026-11", "2026-11-01", "2027-02-01")]
    [InlineData(12, "2026-11-30T23:59", "q:2026-09", "2026-09-01", "2026-12-01")]
    [InlineData(12, "2026-01-01T00:00", "q:2025-12", "2025-12-01", "2026-03-01")]
    public void A_quarter_begins_with_the_fiscal_year_or_three_months_on(
        int first, string at, string id, string startsAt, string endsAt) =>
        Assert.Equal(
            new BudgetPeriod(id, Utc(startsAt), Utc(endsAt)),
            new BudgetCalendar(BudgetPeriodKind.Quarterly, "UTC", first: first).At(Utc(at)));

    [Fact]
    public void A_week_may_begin_with_another_day_and_is_named_by_it() =>
        Assert.Equal(
            new BudgetPeriod("w:2026-11-15", Utc("2026-11-14T16:00"), Utc("2026-11-21T16:00")),
            new BudgetCalendar(BudgetPeriodKind.Weekly, "Asia/Taipei", first: 7).At(Utc("2026-11-21T12:00")));

    [Fact]
    public void Lengths_follow_the_instant_they_are_counted_from_on_both_sides()
    {
        var from = Utc("2026-11-05T09:00");
        var calendar = new BudgetCalendar(BudgetPeriodKind.Length, "UTC", TimeSpan.FromDays(30), from: from);

        Assert.Equal((from, from.AddDays(30)), (calendar.At(from).StartsAt, calendar.At(from).EndsAt));
        Assert.Equal("l:2592000000ms@1793869200000:0", calendar.At(from).Id);
        Assert.Equal(from.AddDays(-30), calendar.At(from.AddTicks(-1)).StartsAt);
        Walk(calendar, from.AddDays(-400), from.AddDays(400));
    }

    [Fact]
    public void A_month_is_that_of_the_zone_whatever_the_offset_of_the_instant()
    {
        var taipei = new BudgetCalendar(BudgetPeriodKind.Monthly, "Asia/Taipei");
        var expected = new BudgetPeriod("m:2026-12", Utc("2026-11-30T16:00"), Utc("2026-12-31T16:00"));

        Assert.Equal(expected, taipei.At(Utc("2026-11-30T16:00")));
        Assert.Equal(expected, taipei.At(Utc("2026-11-30T16:00").ToOffset(TimeSpan.FromHours(-8))));
        Assert.Equal("m:2026-11", taipei.At(Utc("2026-11-30T16:00").AddTicks(-1)).Id);
    }

    [Theory]
    [InlineData("00:00:01", "1970-01-01T00:00:00.9999999", "l:1000ms:0", "1970-01-01T00:00:00")]
    [InlineData("00:00:01", "1969-12-31T23:59:59.9999999", "l:1000ms:-1", "1969-12-31T23:59:59")]
    [InlineData("00:00:02", "1969-12-31T23:59:58", "l:2000ms:-1", "1969-12-31T23:59:58")]
    [InlineData("00:00:02", "1969-12-31T23:59:57.9999999", "l:2000ms:-2", "1969-12-31T23:59:56")]
    [InlineData("00:00:01.5", "2026-11-21T00:00:01", "l:1500ms:1196812800", "2026-11-21T00:00:00")]
    [InlineData("366.00:00:00", "1970-06-01T00:00:00", "l:31622400000ms:0", "1970-01-01T00:00:00")]
    public void Lengths_are_counted_from_1970_and_before_it_too(string length, string at, string id, string startsAt)
    {
        var calendar = new BudgetCalendar(
            BudgetPeriodKind.Length, "Asia/Taipei", TimeSpan.Parse(length, CultureInfo.InvariantCulture));

        Assert.Equal(
            new BudgetPeriod(id, Utc(startsAt), Utc(startsAt) + calendar.Length!.Value), calendar.At(Utc(at)));
    }

    [Fact]
    public void Lengths_tile_time_across_1970()
    {
        foreach (var milliseconds in new[] { 1_000, 1_001, 7_919, 90_061 })
        {
            var calendar = new BudgetCalendar(
                BudgetPeriodKind.Length, "UTC", TimeSpan.FromMilliseconds(milliseconds));
            Walk(calendar, Utc("1969-12-31T23:00"), Utc("1970-01-01T01:00"));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00:00:00.9999999")]
    [InlineData("-00:00:05")]
    [InlineData("00:00:01.0000001")]
    [InlineData("366.00:00:00.001")]
    public void A_length_must_be_one_second_to_366_days_in_whole_milliseconds(string? length) =>
        Assert.Throws<ArgumentException>(() => new BudgetCalendar(BudgetPeriodKind.Length, "UTC", Length(length)));

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("asia/taipei")]
    [InlineData("")]
    public void An_unknown_zone_is_refused(string zone) =>
        Assert.Throws<ArgumentException>(() => new BudgetCalendar(BudgetPeriodKind.Daily, zone));

    private static TimeSpan? Length(string? text) =>
        text is null ? null : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static void Walk(BudgetCalendar calendar) => Walk(calendar, _from, _until, FirstInstantOfADay(calendar));

    private static void Walk(
        BudgetCalendar calendar, DateTimeOffset from, DateTimeOffset until, Func<DateTimeOffset, bool>? mayStart = null)
    {
        var ids = new HashSet<string>();
        var period = calendar.At(from);
        Require(period.StartsAt <= from && from < period.EndsAt, calendar, period, "does not contain its instant");
        while (period.StartsAt < until)
        {
            Require(ids.Add(period.Id), calendar, period, "has the id of another");
            Require(mayStart?.Invoke(period.StartsAt) ?? true, calendar, period, "starts within a day");
            Require(calendar.At(period.EndsAt.AddTicks(-1)) == period, calendar, period,
                "ends before its last instant");
            var middle = period.StartsAt + ((period.EndsAt - period.StartsAt) / 2);
            Require(calendar.At(middle) == period, calendar, period, "has a hole");
            var next = calendar.At(period.EndsAt);
            Require(next.StartsAt == period.EndsAt, calendar, next, "does not begin where the one before ends");
            period = next;
        }
    }

    /// <summary>True where the zone's date is another one than an instant before.</summary>
    private static Func<DateTimeOffset, bool> FirstInstantOfADay(BudgetCalendar calendar)
    {
        var zone = DateTimeZoneProviders.Tzdb[calendar.TimeZone];
        return at => DateIn(zone, at) > DateIn(zone, at.AddTicks(-1));
    }

    private static LocalDate DateIn(DateTimeZone zone, DateTimeOffset at) =>
        Instant.FromDateTimeOffset(at).InZone(zone).Date;

    private static void Require(bool holds, BudgetCalendar calendar, BudgetPeriod period, string fault)
    {
        if (!holds)
            Assert.Fail($"{calendar.Kind} in {calendar.TimeZone}: {period} {fault}.");
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
