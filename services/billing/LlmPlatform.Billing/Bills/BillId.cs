using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// Names a bill by what it is, <c>bill_acme_2026-11</c>. What an address cannot hold of a tenant's name is written as
/// <c>~</c> and two hexadecimal digits for each byte, so that the name can be read back.
/// </summary>
internal static class BillId
{
    private const string Prefix = "bill_";

    public static string Of(string tenant, string period)
    {
        var id = new StringBuilder(Prefix);
        foreach (var octet in Encoding.UTF8.GetBytes(tenant))
        {
            var letter = (char)octet;
            _ = char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'
                ? id.Append(letter)
                : id.Append('~').Append(octet.ToString("x2", CultureInfo.InvariantCulture));
        }

        return id.Append('_').Append(period).ToString();
    }

    /// <summary>Reads an id back; false when it is none that <see cref="Of"/> gives.</summary>
    public static bool TryParse(
        string id, [NotNullWhen(true)] out string? tenant, [NotNullWhen(true)] out string? period)
    {
        (tenant, period) = (null, null);
        var start = id.Length - BillPeriod.NameLength;
        if (!id.StartsWith(Prefix, StringComparison.Ordinal) || start <= Prefix.Length || id[start - 1] != '_')
        {
            return false;
        }

        var escaped = id[Prefix.Length..(start - 1)];
        tenant = Uri.UnescapeDataString(escaped.Replace('~', '%'));
        period = id[start..];
        return Of(tenant, period) == id;
    }
}
