using System.Text;

namespace LlmPlatform.Billing.Tests.Bills;

/// <summary>Reads CSV by the letter of RFC 4180, so that what is tested is not read by what wrote it.</summary>
internal static class CsvRecords
{
    public static IReadOnlyList<string[]> Read(string text)
    {
        var records = new List<string[]>();
        var record = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"')
                field.Append(text[i++]);
            else if (text[i] == '"')
                quoted = !quoted;
            else if (!quoted && text[i] == ',')
                EndField();
            else if (!quoted && text[i] == '\r' && text[i + 1] == '\n')
                EndRecord(ref i);
            else
                field.Append(text[i]);
        }

        Assert.False(quoted);
        Assert.Empty(record);
        return records;

        void EndField()
        {
            record.Add(field.ToString());
            field.Clear();
        }

        void EndRecord(ref int at)
        {
            at++;
            EndField();
            records.Add([.. record]);
            record.Clear();
        }
    }
}
