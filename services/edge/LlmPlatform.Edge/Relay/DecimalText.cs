using System.Globalization;

namespace LlmPlatform.Edge.Relay;

/// <summary>
/// Amounts of a small unit written in the large one. A decimal written by a pattern costs several times as much, and
/// two headers of every answer are such numbers.
/// </summary>
internal static class DecimalText
{
    /// <summary>So many billionths, for example 1500000000: <c>1.5</c>. None below zero.</summary>
    public static string OfBillionths(long amount) => Of(amount, 1_000_000_000, "D9");

    /// <summary>So many thousandths, for example 20: <c>0.02</c>. None below zero.</summary>
    public static string OfThousandths(long amount) => Of(amount, 1_000, "D3");

    private static string Of(long amount, long unit, ReadOnlySpan<char> format)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        var (whole, part) = Math.DivRem(amount, unit);
        if (part == 0)
        {
            return whole.ToString(CultureInfo.InvariantCulture);
        }

        Span<char> text = stackalloc char[32];
        whole.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        text[length++] = '.';
        part.TryFormat(text[length..], out var digits, format, CultureInfo.InvariantCulture);
        return text[..(length + digits)].TrimEnd('0').ToString();
    }
}
