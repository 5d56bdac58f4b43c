using System.Globalization;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>Which statuses of a probe are good: <c>statuses: [200-299, 401]</c>.</summary>
internal static class ProbeStatuses
{
    /// <summary>The ranges as one text, so that two configurations that say the same are equal.</summary>
    public static string? Read(SectionReader health)
    {
        if (!health.Has("statuses"))
            return null;
        var ranges = health.TextList("statuses");
        foreach (var range in ranges.Where(range => !IsRange(range)))
            health.Fault("statuses", $"\"{range}\" is no status; write 200, or a range such as 200-299.");
        if (ranges.Count == 0)
            health.Fault("statuses", "names none, so no probe could be good; name some or remove the key.");
        return string.Join(',', ranges);
    }

    private static bool IsRange(string text)
    {
        var ends = text.Split('-');
        return ends.Length is 1 or 2
            && ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                && status is >= 100 and <= 599)
            && string.CompareOrdinal(ends[0], ends[^1]) <= 0;
    }
}
