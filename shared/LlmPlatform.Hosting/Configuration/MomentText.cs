using System.Globalization;

namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// Moments as people write them: a date, which begins at midnight UTC, or date and time with their offset.
/// </summary>
public static class MomentText
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:sszzz"];

    /// <summary>Reads a moment such as <c>2026-11-01</c> or <c>2026-11-01T08:00:00+08:00</c>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="moment">The moment, in UTC.</param>
    /// <returns>False when the text is none.</returns>
    public static bool TryParse(string? text, out DateTimeOffset moment)
    {
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Style, out moment);
    }

    /// <summary>Writes a moment in UTC, to the second.</summary>
    /// <param name="moment">The moment.</param>
    /// <returns>Text such as <c>2026-11-01T08:00:00Z</c>.</returns>
    public static string Format(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
