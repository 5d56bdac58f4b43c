using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmPlatform.Billing.Tests.Exports;

/// <summary>
/// What a PDF says, read back as a viewer does when text is copied out of it: the operators of each page, and from
/// glyphs to letters by the map that each font carries.
/// </summary>
internal sealed partial class PdfText
{
    private readonly List<Piece> _pieces = [];

    private PdfText()
    {
    }

    public static PdfText Read(byte[] file)
    {
        var objects = Objects().Matches(Encoding.Latin1.GetString(file))
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var text = new PdfText();
        var pages = objects.Values.Where(one => one.Contains("/Type /Page ", StringComparison.Ordinal)).ToList();
        for (var page = 0; page < pages.Count; page++)
        {
            var letters = FontOfPage().Matches(pages[page]).ToDictionary(
                font => font.Groups[1].Value,
                font => LettersOf(Unpacked(objects[ToUnicode().Match(objects[font.Groups[2].Value]).Groups[1].Value])));
            text.Add(page, Unpacked(objects[Contents().Match(pages[page]).Groups[1].Value]), letters);
        }

        return text;
    }

    /// <summary>The amount that stands rightmost in the line of a label; the label stands once.</summary>
    public decimal AmountBeside(string label)
    {
        var place = _pieces.Single(piece => piece.Text == label);
        var amount = _pieces.Where(piece => piece.Page == place.Page && piece.Y == place.Y).MaxBy(piece => piece.X)!;
        return decimal.Parse(amount.Text, NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    /// <summary>What each page begins with.</summary>
    public IEnumerable<string> Beginnings => _pieces.GroupBy(piece => piece.Page).Select(page => page.First().Text);

    /// <summary>Whether it says a text, which may run over lines, its spaces aside.</summary>
    public bool Says(string text) => _pieces.GroupBy(piece => (piece.Page, piece.X))
        .Select(column => Close(string.Concat(column.Select(piece => piece.Text))))
        .Any(column => column.Contains(Close(text), StringComparison.Ordinal));

    private static string Close(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private void Add(int page, string operators, Dictionary<string, Dictionary<string, string>> letters)
    {
        foreach (var block in Blocks().Matches(operators).Cast<Match>())
        {
            var said = new StringBuilder();
            foreach (var shown in Shown().Matches(block.Groups[3].Value).Cast<Match>())
            {
                foreach (var glyph in shown.Groups[2].Value.Chunk(4))
                    said.Append(letters[shown.Groups[1].Value][new string(glyph)]);
            }

            _pieces.Add(new Piece(page, Number(block.Groups[1]), Number(block.Groups[2]), said.ToString()));
        }

        static double Number(Group digits) => double.Parse(digits.Value, CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, string> LettersOf(string map) => Letters().Matches(map).ToDictionary(
        pair => pair.Groups[1].Value,
        pair => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(pair.Groups[2].Value)));

    private static string Unpacked(string stream)
    {
        var packed = Stream().Match(stream);
        var length = int.Parse(packed.Groups[1].Value, CultureInfo.InvariantCulture);
        var bytes = Encoding.Latin1.GetBytes(stream.Substring(packed.Index + packed.Length, length));
        using var unpacked = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.ASCII);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"(?<=^|\n)(\d+) 0 obj\n(.*?)\nendobj\n", RegexOptions.Singleline)]
    private static partial Regex Objects();

    [GeneratedRegex(@"/(F\d+) (\d+) 0 R")]
    private static partial Regex FontOfPage();

    [GeneratedRegex(@"/ToUnicode (\d+) 0 R")]
    private static partial Regex ToUnicode();

    [GeneratedRegex(@"/Contents (\d+) 0 R")]
    private static partial Regex Contents();

    [GeneratedRegex(@"/Length (\d+) .*?stream\n", RegexOptions.Singleline)]
    private static partial Regex Stream();

    [GeneratedRegex(@"BT ([\d.]+) ([\d.]+) Td (.*?)ET\n", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"/(F\d+) [\d.]+ Tf [^<]*<([0-9A-F]*)> Tj")]
    private static partial Regex Shown();

    [GeneratedRegex(@"<([0-9A-F]{4})> <([0-9A-F]+)>")]
    private static partial Regex Letters();

    private sealed record Piece(int Page, double X, double Y, string Text);
}
