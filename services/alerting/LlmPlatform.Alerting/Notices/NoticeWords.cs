using System.Globalization;
using LlmPlatform.Alerting.Channels;
using LlmPlatform.Money;
using NodaTime;

namespace LlmPlatform.Alerting.Notices;

/// <summary>Amounts, times and scopes as people read them.</summary>
internal static class NoticeWords
{
    /// <summary>In cents from a dollar on, never rounded up to what is not there yet; below it exact.</summary>
    public static string Usd(long nanoUsd)
    {
        var usd = NanoUsd.ToUsd(nanoUsd);
        var shown = usd >= 1 ? decimal.Floor(usd * 100) / 100 : usd;
        return shown.ToString("$#,##0.00#######", CultureInfo.InvariantCulture);
    }

    /// <summary>As <c>800,000 of 1,000,000 tokens</c>.</summary>
    public static string TokensOf(long spent, long limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{spent:#,##0} of {Tokens(limit)}");

    /// <summary>As <c>1,000,000 tokens</c>.</summary>
    public static string Tokens(long tokens) => string.Create(CultureInfo.InvariantCulture, $"{tokens:#,##0} tokens");

    public static string Percent(decimal percent) => percent.ToString("0.## '%'", CultureInfo.InvariantCulture);

    /// <summary>To the second, in the zone, which it names.</summary>
    public static string Time(DateTimeOffset time, string zone) => Written(time, zone, "uuuu'-'MM'-'dd HH':'mm':'ss");

    /// <summary>From the first instant to the one after the last, with the zone once.</summary>
    public static string Period(DateTimeOffset startsAt, DateTimeOffset endsAt, string zone)
    {
        const string pattern = "uuuu'-'MM'-'dd HH':'mm':'ss";
        var (first, last) = (LocalOf(startsAt, zone), LocalOf(endsAt, zone));
        return $"{first.ToString(pattern, CultureInfo.InvariantCulture)} to "
            + $"{last.ToString(pattern, CultureInfo.InvariantCulture)} {ZoneOf(zone)}";
    }

    /// <summary>As one would say it: <c>Monday the 23rd at 14:20</c>, with the zone.</summary>
    public static string Moment(DateTimeOffset time, string zone)
    {
        var local = LocalOf(time, zone);
        var day = local.Day;
        var ending = (day % 10, day / 10) switch
        {
            (1, not 1) => "st",
            (2, not 1) => "nd",
            (3, not 1) => "rd",
            _ => "th",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{local.DayOfWeek} the {day}{ending} at {local.Hour:00}:{local.Minute:00} {ZoneOf(zone)}");
    }

    /// <summary>Two units at most: <c>3 days 4 hours</c>.</summary>
    public static string Length(TimeSpan length)
    {
        var parts = new (int Count, string Unit)[]
        {
            ((int)length.TotalDays, "day"), (length.Hours, "hour"), (length.Minutes, "minute"),
            (length.Seconds, "second"),
        }.SkipWhile(part => part.Count == 0).Take(2).Where(part => part.Count > 0)
            .Select(part => $"{part.Count} {part.Unit}{(part.Count == 1 ? "" : "s")}").ToList();
        return parts.Count == 0 ? "less than a second" : string.Join(' ', parts);
    }

    /// <summary>Whom a scope means: <c>team search of tenant acme</c>.</summary>
    public static string Who(string scope, IReadOnlyCollection<string> sharedUsers)
    {
        if (sharedUsers.Count > 0)
            return AlertNotice.OneLine($"{string.Join(", ", sharedUsers)} ({scope})");
        var (kind, name) = scope.Split(':', 2) is [var before, var after] ? (before, after) : (scope, "");
        return AlertNotice.OneLine((kind, name.Split('/', 2)) switch
        {
            ("global", _) => "everybody",
            ("tenant", _) => $"everybody of tenant {name}",
            ("team", [var tenant, var team]) => $"team {team} of tenant {tenant}",
            ("user", [var tenant, var user]) => $"{user} of tenant {tenant}",
            (_, _) when name.Length == 0 => kind,
            _ => $"{kind.Replace('_', ' ')} {name}",
        });
    }

    /// <summary>The page of a budget, in a console.</summary>
    public static string BudgetPage(string name) => $"budgets/{Uri.EscapeDataString(name)}";

    private static string Written(DateTimeOffset time, string zone, string pattern) =>
        $"{LocalOf(time, zone).ToString(pattern, CultureInfo.InvariantCulture)} {ZoneOf(zone)}";

    private static LocalDateTime LocalOf(DateTimeOffset time, string zone) =>
        Instant.FromDateTimeOffset(time).InZone(DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) ?? DateTimeZone.Utc)
            .LocalDateTime;

    private static string ZoneOf(string zone) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null ? "UTC" : zone;
}
