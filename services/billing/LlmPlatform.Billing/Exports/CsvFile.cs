using CsvHelper;

namespace LlmPlatform.Billing.Exports;

/// <summary>CSV by RFC 4180: UTF-8 without a byte order mark, records end in CR LF.</summary>
internal static class CsvFile
{
    // Names are made safe here: the writer's own protection knows neither blanks before a sign nor full-width signs,
    // and would spoil a negative amount.
    private static readonly CsvWriterOptions Rfc4180 = new() { NewLine = "\r\n", Injection = CsvInjection.None };

    public static byte[] Write(IEnumerable<string[]> records)
    {
        using var file = new MemoryStream();
        using (var csv = CsvWriter.Create(file, Rfc4180, leaveOpen: true))
        {
            foreach (var record in records)
            {
                csv.WriteRecord(record);
            }
        }

        return file.ToArray();
    }

    /// <summary>
    /// Text that a spreadsheet would take for a formula gets an apostrophe before it. Names come from outside: a tenant
    /// called <c>=HYPERLINK(…)</c> must stay a name.
    /// </summary>
    public static string Safe(string text)
    {
        var first = text.TrimStart(' ').FirstOrDefault();
        return first is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠'
            ? "'" + text
            : text;
    }
}
