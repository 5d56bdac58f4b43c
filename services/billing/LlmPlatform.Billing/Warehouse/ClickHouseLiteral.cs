using System.Globalization;
using System.Text;

namespace LlmPlatform.Billing.Warehouse;

/// <summary>
/// The one place where a value becomes part of a statement. ClickHouse 18.16 has no query parameters, so values are
/// quoted here; names of columns never come from outside.
/// </summary>
internal static class ClickHouseLiteral
{
    /// <summary>A string in quotes.</summary>
    public static string Of(string text)
    {
        var literal = new StringBuilder(text.Length + 2).Append('\'');
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '\\' => literal.Append(@"\\"),
                '\'' => literal.Append(@"\'"),
                '\0' => literal.Append(@"\0"),
                '\n' => literal.Append(@"\n"),
                '\r' => literal.Append(@"\r"),
                '\t' => literal.Append(@"\t"),
                '\b' => literal.Append(@"\b"),
                '\f' => literal.Append(@"\f"),
                _ => literal.Append(letter),
            };
        }

        return literal.Append('\'').ToString();
    }

    /// <summary>A list of strings for <c>IN</c>.</summary>
    public static string ListOf(IEnumerable<string> texts) => $"({string.Join(", ", texts.Select(Of))})";

    /// <summary>An instant to the second, whatever the server's zone.</summary>
    public static string SecondOf(DateTimeOffset instant) =>
        $"toDateTime({instant.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)})";

    /// <summary>An instant in milliseconds since 1970, to compare with a computed one.</summary>
    public static string MillisecondOf(DateTimeOffset instant) =>
        instant.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
