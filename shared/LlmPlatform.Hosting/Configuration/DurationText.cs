using System.Globalization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// Lengths of time as people write them: a number and a unit, such as <c>500ms</c>, <c>60s</c>, <c>1.5h</c>,
/// <c>30d</c>.
/// </summary>
public static class DurationText
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        // "ms" stands before "m" and "s" so that the longer unit is tried first.
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
        ("d", TimeSpan.TicksPerDay),
        ("w", 7 * TimeSpan.TicksPerDay),
    ];

    /// <summary>
    /// Reads a length such as <c>60s</c>. Units: ms, s, m, h, d, w. A number without a unit is refused.
    /// </summary>
    /// <param name="text">What was written.</param>
    /// <param name="duration">The length; zero when it cannot be read.</param>
    /// <returns>False when the text is no length, is negative, or is longer than a <see cref="TimeSpan"/>
    /// holds.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is null)
            return false;

        foreach (var (unit, ticks) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            var number = text.AsSpan(0, text.Length - unit.Length);
            if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                continue;
            if (count > (decimal)long.MaxValue / ticks)
                return false;
            duration = new TimeSpan((long)(count * ticks));
            return true;
        }

        return false;
    }

    /// <summary>
    /// Writes a length so that <see cref="TryParse"/> reads the same one back, in the largest unit that divides it.
    /// </summary>
    /// <param name="duration">A length of zero or more.</param>
    /// <returns>Text such as <c>90s</c>, <c>1h</c> or <c>1500ms</c>.</returns>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";

        // Weeks are read but not written: "14d" is understood by everyone, "2w" by most.
        for (var i = Units.Length - 2; i >= 0; i--)
        {
            if (duration.Ticks % Units[i].Ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / Units[i].Ticks}{Units[i].Unit}");
        }

        var milliseconds = (decimal)duration.Ticks / TimeSpan.TicksPerMillisecond;
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}
