using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace LlmPlatform.Billing.Bills;

/// <summary>
/// Names a bill by what it is, <c>bill_acme_2026-11</c>, and the one after a voided one <c>bill_acme_2026-11.2</c>.
/// What an address cannot hold of a tenant's name is written as <c>~</c> and two hexadecimal digits for each byte, so
/// that the name can be read back.
/// </summary>
internal static class BillId
{
    private const string Prefix = "bill_";

    public static string Of(string tenant, string period, int revision = 1)
    {
        var id = new StringBuilder(Prefix);
        foreach (var octet in Encoding.UTF8.GetBytes(tenant))
        {
            var letter = (char)octet;
            _ = char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'
                ? id.Append(letter)
                : id.Append('~').Append(octet.ToString("x2", CultureInfo.InvariantCulture));
        }

        id.Append('_').Append(period);
        return revision == 1 ? id.ToString() : id.Append('.').Append(revision).ToString();
    }

    /// <summary>Reads an id back; false when it is none that <see cref="Of"/> gives.</summary>
    public static bool TryParse(
        string id, [NotNullWhen(true)] out string? tenant, [NotNullWhen(true)] out string? period)
    {
        (tenant, period) = (null, null);
        var last = id.LastIndexOf('.');
        var revision = 1;
        var name = id;
        if (last > id.LastIndexOf('_')
            && int.TryParse(id[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out revision))
        {
            name = id[..last];
        }

        var start = name.Length - BillPeriod.NameLength;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || start <= Prefix.Length || name[start - 1] != '_')
        {
            return false;
        }

        tenant = Uri.UnescapeDataString(name[Prefix.Length..(start - 1)].Replace('~', '%'));
        period = name[start..];
        return Of(tenant, period, Math.Max(1, revision)) == id;
    }
}
