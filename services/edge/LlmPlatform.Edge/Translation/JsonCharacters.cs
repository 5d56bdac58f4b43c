using System.Globalization;
using System.Text.Unicode;

namespace LlmPlatform.Edge.Translation;

/// <summary>
/// Whether the texts of a JSON document are texts: UTF-8, and no half of a surrogate pair alone. A parser finds neither
/// before somebody reads the text, which may be after the call.
/// </summary>
internal static class JsonCharacters
{
    private const int EscapeLength = 6;

    /// <summary>True when every text can be read.</summary>
    /// <param name="json">Whole and well-formed otherwise.</param>
    public static bool AreWhole(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        while (json.IndexOf((byte)'\\') is var at and >= 0)
        {
            json = json[at..];
            var escaped = Escaped(json);
            if (char.IsLowSurrogate(escaped)
                || (char.IsHighSurrogate(escaped) && !char.IsLowSurrogate(Escaped(json[EscapeLength..]))))
            {
                return false;
            }

            json = json[(char.IsHighSurrogate(escaped) ? 2 * EscapeLength : Math.Min(2, json.Length))..];
        }

        return true;
    }

    // The UTF-16 unit that an escape stands for; 0 for every other escape, and where none begins.
    private static char Escaped(ReadOnlySpan<byte> json) =>
        json is [(byte)'\\', (byte)'u', _, _, _, _, ..]
            && ushort.TryParse(json[2..EscapeLength], NumberStyles.AllowHexSpecifier, null, out var unit)
            ? (char)unit
            : '\0';
}
