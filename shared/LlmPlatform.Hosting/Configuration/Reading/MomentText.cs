using System.Globalization;

namespace LlmPlatform.Hosting.Configuration.Reading;

/// <summary>
/// Moments as the file writes them: a date, which begins at midnight UTC, or date and time with their offset.
/// </summary>
internal static class MomentText
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:sszzz"];

    public static bool TryParse(string text, out DateTimeOffset moment)
    {
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Style, out moment);
    }
}
