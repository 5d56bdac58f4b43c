using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// Writes a PDF (ISO 32000-1): text and straight lines on A4 pages. The same calls give the same bytes:
/// nothing of the machine, the moment or chance is in the file.
/// </summary>
internal sealed class PdfFile(string title, string author, DateTimeOffset date)
{
    /// <summary>In points.</summary>
    public const double PageWidth = 595;

    /// <summary>In points.</summary>
    public const double PageHeight = 842;

    private const int Regular = 0;
    private const int Bold = 1;
    private const int EastAsian = 2;
    private const int FirstFont = 4;
    private const int ObjectsOfFont = 5;

    private readonly List<StringBuilder> _pages = [];
    private readonly SortedDictionary<int, Rune>[] _used = [.. TrueTypeFont.All.Select(_ => NoGlyphs())];

    public int PageCount => _pages.Count;

    public void AddPage() => _pages.Add(new StringBuilder());

    /// <summary>How wide a text is set.</summary>
    public static double WidthOf(string text, double size, bool bold) => text.EnumerateRunes().Sum(letter =>
    {
        var font = TrueTypeFont.All[FontFor(letter, bold)];
        return font.AdvanceOf(font.GlyphOf(letter));
    }) * size / 1000;

    /// <summary>Sets a text, each letter in the first font that has it.</summary>
    /// <param name="page">From 0.</param>
    /// <param name="x">From the left edge.</param>
    /// <param name="y">Of the base line, from the upper edge.</param>
    /// <param name="text">One line.</param>
    /// <param name="size">In points.</param>
    /// <param name="bold">East Asian letters, which have no bold face, are drawn with an outline.</param>
    /// <param name="grey">From 0, black, to 1.</param>
    public void Text(int page, double x, double y, string text, double size, bool bold, double grey)
    {
        Draw(page, $"{grey:0.###} g {grey:0.###} G BT {x:0.##} {PageHeight - y:0.##} Td ");
        var letters = text.EnumerateRunes().ToArray();
        for (var start = 0; start < letters.Length;)
        {
            var font = FontFor(letters[start], bold);
            var glyphs = new StringBuilder();
            for (; start < letters.Length && FontFor(letters[start], bold) == font; start++)
            {
                var glyph = TrueTypeFont.All[font].GlyphOf(letters[start]);
                _used[font].TryAdd(glyph, letters[start]);
                glyphs.Append(glyph.ToString("X4", CultureInfo.InvariantCulture));
            }

            var outline = bold && font == EastAsian ? size * 0.035 : 0;
            Draw(page, $"/F{font} {size:0.##} Tf {(outline > 0 ? 2 : 0)} Tr {outline:0.###} w <{glyphs}> Tj ");
        }

        Draw(page, $"ET\n");
    }

    /// <summary>Draws a line from left to right.</summary>
    public void Line(int page, double x, double y, double width, double grey)
    {
        var height = PageHeight - y;
        Draw(page, $"{grey:0.###} G 0.6 w {x:0.##} {height:0.##} m {x + width:0.##} {height:0.##} l S\n");
    }

    /// <summary>The finished file.</summary>
    public byte[] ToBytes()
    {
        var fonts = TrueTypeFont.All;
        var firstPage = FirstFont + (ObjectsOfFont * fonts.Count);
        var pages = string.Join(' ', _pages.Select((_, index) => $"{firstPage + (2 * index)} 0 R"));
        var created = date.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var objects = new List<byte[]>
        {
            Ascii("<< /Type /Catalog /Pages 2 0 R /Lang (en) >>"),
            Ascii($"<< /Type /Pages /Count {_pages.Count} /Kids [{pages}] >>"),
            Ascii($"<< /Title {Unicode(title)} /Author {Unicode(author)} /Producer (LlmPlatform) "
                + $"/CreationDate (D:{created}Z) >>"),
        };
        for (var font = 0; font < fonts.Count; font++)
        {
            objects.AddRange(FontObjects(fonts[font], _used[font], FirstFont + (ObjectsOfFont * font)));
        }

        var resources = string.Join(
            ' ', Enumerable.Range(0, fonts.Count).Select(font => $"/F{font} {FirstFont + (ObjectsOfFont * font)} 0 R"));
        for (var index = 0; index < _pages.Count; index++)
        {
            objects.Add(Ascii("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
                + $"/Resources << /Font << {resources} >> >> /Contents {firstPage + (2 * index) + 1} 0 R >>"));
            objects.Add(Stream(Ascii(_pages[index].ToString()), ""));
        }

        return Written(objects);
    }

    private static IEnumerable<byte[]> FontObjects(TrueTypeFont font, SortedDictionary<int, Rune> used, int first)
    {
        var name = $"/BILLAA+{font.Name}";
        yield return Ascii($"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H "
            + $"/DescendantFonts [{first + 1} 0 R] /ToUnicode {first + 4} 0 R >>");
        yield return Ascii($"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {name} /CIDToGIDMap /Identity "
            + "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            + $"/FontDescriptor {first + 2} 0 R /DW 1000 "
            + $"/W [{string.Join(' ', used.Keys.Select(glyph => $"{glyph} [{font.AdvanceOf(glyph)}]"))}] >>");
        yield return Ascii($"<< /Type /FontDescriptor /FontName {name} /Flags 4 /ItalicAngle 0 /StemV 80 "
            + $"/FontBBox [{string.Join(' ', font.Box)}] /Ascent {font.Ascent} /Descent {font.Descent} "
            + $"/CapHeight {font.Ascent} /FontFile2 {first + 3} 0 R >>");
        var cut = font.Cut(used.Keys);
        yield return Stream(cut, FormattableString.Invariant($"/Length1 {cut.Length} "));
        yield return Stream(Ascii(UnicodeMap(used)), "");
    }

    private static SortedDictionary<int, Rune> NoGlyphs() => [];

    private static int FontFor(Rune letter, bool bold) =>
        TrueTypeFont.All[Regular].GlyphOf(letter) == 0 && TrueTypeFont.All[EastAsian].GlyphOf(letter) != 0
            ? EastAsian
            : bold ? Bold : Regular;

    // What makes the text of the document findable and copied as what it says.
    private static string UnicodeMap(SortedDictionary<int, Rune> used)
    {
        var map = new StringBuilder();
        map.Append("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Letters def ")
            .Append("/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
        foreach (var some in used.Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, letter) in some)
            {
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{Hex(letter.ToString())}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict /CMap defineresource pop end end").ToString();
    }

    private static byte[] Written(List<byte[]> objects)
    {
        var file = new MemoryStream();
        var offsets = new List<long>();
        file.Write(Ascii("%PDF-1.7\n%"));
        file.Write([0xE2, 0xE3, 0xCF, 0xD3, (byte)'\n']);
        for (var index = 0; index < objects.Count; index++)
        {
            offsets.Add(file.Length);
            file.Write(Ascii($"{index + 1} 0 obj\n"));
            file.Write(objects[index]);
            file.Write(Ascii("\nendobj\n"));
        }

        // Its contents name the file: the same contents, the same name.
        var id = Convert.ToHexString(SHA256.HashData(file.ToArray()).AsSpan(0, 16));
        var start = file.Length;
        file.Write(Ascii($"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n"));
        foreach (var offset in offsets)
        {
            file.Write(Ascii($"{offset:D10} 00000 n \n"));
        }

        file.Write(Ascii($"trailer << /Size {objects.Count + 1} /Root 1 0 R /Info 3 0 R /ID [<{id}> <{id}>] >>\n"));
        file.Write(Ascii($"startxref\n{start}\n%%EOF\n"));
        return file.ToArray();
    }

    private static byte[] Stream(byte[] content, string more)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zip.Write(content);
        }

        return
        [
            .. Ascii($"<< {more}/Length {packed.Length} /Filter /FlateDecode >>\nstream\n"),
            .. packed.ToArray(),
            .. Ascii("\nendstream"),
        ];
    }

    private void Draw(int page, FormattableString operators) =>
        _pages[page].Append(FormattableString.Invariant(operators));

    private static string Unicode(string text) => $"<FEFF{Hex(text)}>";

    private static string Hex(string text) => Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text));

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
