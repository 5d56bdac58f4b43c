using System.Text;

namespace LlmPlatform.Billing.Reconciliation;

/// <summary>Reads CSV by RFC 4180, with either end of line, and gives each record by its heading.</summary>
internal static class CsvText
{
    /// <summary>The records below the heading; shorter ones lack their last fields.</summary>
    /// <exception cref="FormatException">A quote is not closed, or there is no heading.</exception>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string text)
    {
        using var records = Records(text.TrimStart('\uFEFF')).GetEnumerator();
        if (!records.MoveNext())
        {
            throw new FormatException("The file is empty.");
        }

        var headings = records.Current;
        while (records.MoveNext())
        {
            yield return headings.Zip(records.Current)
                .GroupBy(field => field.First.Trim(), StringComparer.OrdinalIgnoreCase)
                .ToDictionary(same => same.Key, same => same.First().Second, StringComparer.OrdinalIgnoreCase);
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Records(string text)
    {
        var (fields, field, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            if (isQuoted && letter == '"' && at + 1 < text.Length && text[at + 1] == '"')
            {
                field.Append(text[++at]);
            }
            else if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && letter == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (!isQuoted && letter == '\n')
            {
                fields.Add(field.ToString().TrimEnd('\r'));
                field.Clear();
                if (fields is not [""])
                {
                    yield return fields;
                }

                fields = [];
            }
            else
            {
                field.Append(letter);
            }
        }

        if (isQuoted)
        {
            throw new FormatException("A quote is not closed.");
        }

        if (field.Length > 0 || fields.Count > 0)
        {
            fields.Add(field.ToString());
            yield return fields;
        }
    }
}
