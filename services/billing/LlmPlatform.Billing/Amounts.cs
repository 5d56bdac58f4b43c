using System.Globalization;

namespace LlmPlatform.Billing;

/// <summary>How amounts are shown: exact, without the zeros that a column's scale appends.</summary>
internal static class Amounts
{
    /// <summary>The same value at its smallest scale: 2.500000 becomes 2.5.</summary>
    public static decimal Trimmed(this decimal amount) => amount / 1.0000000000000000000000000000m;

    /// <summary>The amount as text, exact to twelve decimals, without an exponent.</summary>
    public static string Text(decimal amount) => amount.ToString("0.############", CultureInfo.InvariantCulture);
}
