using System.Buffers.Binary;
using System.Text;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// A typeface of our documents. They come with the program, so that a document is the same on any machine. Reads what a
/// PDF needs of a TrueType file, and cuts out the glyphs a document uses.
/// </summary>
internal sealed class TrueTypeFont
{
    private static readonly Lazy<IReadOnlyList<TrueTypeFont>> Read = new(() =>
        [Load("LiberationSans-Regular"), Load("LiberationSans-Bold"), Load("DroidSansFallbackFull")]);

    private static readonly string[] Kept = ["cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"];

    private readonly byte[] _file;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = [];
    private readonly Dictionary<int, int> _glyphs = [];
    private readonly int _metrics;
    private readonly bool _hasLongOffsets;

    private TrueTypeFont(string name, byte[] file)
    {
        Name = name;
        _file = file;
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + (16 * i);
            _tables.Add(Encoding.ASCII.GetString(file, entry, 4), ((int)U32(entry + 8), (int)U32(entry + 12)));
        }

        UnitsPerEm = U16(At("head") + 18);
        _hasLongOffsets = U16(At("head") + 50) == 1;
        Box = [.. Enumerable.Range(0, 4).Select(i => Scaled(S16(At("head") + 36 + (2 * i))))];
        Ascent = Scaled(S16(At("hhea") + 4));
        Descent = Scaled(S16(At("hhea") + 6));
        _metrics = U16(At("hhea") + 34);
        GlyphCount = U16(At("maxp") + 4);
        ReadCharacters();
    }

    /// <summary>Regular, bold, and what has the letters of East Asia; read once.</summary>
    public static IReadOnlyList<TrueTypeFont> All => Read.Value;

    public string Name { get; }

    public int GlyphCount { get; }

    /// <summary>In thousandths of the size, like all measures here.</summary>
    public int Ascent { get; }

    public int Descent { get; }

    /// <summary>Left, bottom, right, top.</summary>
    public IReadOnlyList<int> Box { get; }

    private int UnitsPerEm { get; }

    /// <summary>The glyph of a character; 0, an empty box, where there is none.</summary>
    public int GlyphOf(Rune character) => _glyphs.GetValueOrDefault(character.Value);

    /// <summary>How far a glyph moves the pen.</summary>
    public int AdvanceOf(int glyph) => Scaled(U16(At("hmtx") + (4 * Math.Min(glyph, _metrics - 1))));

    /// <summary>A font file of the same numbering that holds these glyphs alone.</summary>
    public byte[] Cut(IEnumerable<int> glyphs)
    {
        var used = new SortedSet<int>(glyphs) { 0 };
        foreach (var glyph in used.ToList())
        {
            AddParts(glyph, used);
        }

        var outlines = new MemoryStream();
        var offsets = new byte[4 * (GlyphCount + 1)];
        for (var glyph = 0; glyph < GlyphCount; glyph++)
        {
            BinaryPrimitives.WriteInt32BigEndian(offsets.AsSpan(4 * glyph), (int)outlines.Length);
            if (used.Contains(glyph))
            {
                outlines.Write(OutlineOf(glyph));
                outlines.Write(new byte[(4 - (outlines.Length % 4)) % 4]);
            }
        }

        BinaryPrimitives.WriteInt32BigEndian(offsets.AsSpan(4 * GlyphCount), (int)outlines.Length);
        var head = TableOf("head").ToArray();
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        return FileOf(Kept.Where(_tables.ContainsKey).Select(name => (name, name switch
        {
            "glyf" => outlines.ToArray(),
            "loca" => offsets,
            "head" => head,
            _ => TableOf(name).ToArray(),
        })).ToList());
    }

    private static TrueTypeFont Load(string name)
    {
        var file = $"LlmPlatform.Billing.Exports.fonts.{name}.ttf";
        using var stream = typeof(TrueTypeFont).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The font {name} is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new TrueTypeFont(name, bytes);
    }

    // The Unicode table of the basic plane (platform 3, encoding 1, format 4).
    private void ReadCharacters()
    {
        var map = At("cmap");
        for (var i = 0; i < U16(map + 2); i++)
        {
            var table = map + (int)U32(map + 4 + (8 * i) + 4);
            if (U16(table) == 4)
            {
                ReadSegments(table);
            }
        }
    }

    private void ReadSegments(int table)
    {
        var doubled = U16(table + 6);
        for (var segment = 0; segment < doubled; segment += 2)
        {
            var end = U16(table + 14 + segment);
            var start = U16(table + 16 + doubled + segment);
            var delta = U16(table + 16 + (2 * doubled) + segment);
            var place = table + 16 + (3 * doubled) + segment;
            var offset = U16(place);
            for (var character = start; character <= end && character != 0xFFFF; character++)
            {
                var glyph = offset == 0 ? character : U16(place + offset + (2 * (character - start)));
                if (glyph != 0)
                {
                    _glyphs[character] = (glyph + delta) & 0xFFFF;
                }
            }
        }
    }

    // A glyph may be put together of others.
    private void AddParts(int glyph, SortedSet<int> used)
    {
        var outline = OutlineOf(glyph);
        if (outline.Length == 0 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
        {
            return;
        }

        const int words = 1, scale = 8, more = 32, twoScales = 64, matrix = 128;
        var at = 10;
        int flags;
        do
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
            var part = BinaryPrimitives.ReadUInt16BigEndian(outline[(at + 2)..]);
            if (used.Add(part))
            {
                AddParts(part, used);
            }

            at += 4 + ((flags & words) != 0 ? 4 : 2)
                + ((flags & scale) != 0 ? 2 : (flags & twoScales) != 0 ? 4 : (flags & matrix) != 0 ? 8 : 0);
        }
        while ((flags & more) != 0);
    }

    private ReadOnlySpan<byte> OutlineOf(int glyph)
    {
        var (start, end) = (OffsetOf(glyph), OffsetOf(glyph + 1));
        return _file.AsSpan(At("glyf") + start, end - start);
    }

    private int OffsetOf(int glyph) =>
        _hasLongOffsets ? (int)U32(At("loca") + (4 * glyph)) : 2 * U16(At("loca") + (2 * glyph));

    private static byte[] FileOf(List<(string Name, byte[] Bytes)> tables)
    {
        var file = new MemoryStream();
        var power = (int)Math.Pow(2, Math.Floor(Math.Log2(tables.Count)));
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(head, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(head[4..], (ushort)tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(head[6..], (ushort)(power * 16));
        BinaryPrimitives.WriteUInt16BigEndian(head[8..], (ushort)Math.Log2(power));
        BinaryPrimitives.WriteUInt16BigEndian(head[10..], (ushort)((tables.Count - power) * 16));
        file.Write(head);
        var offset = 12 + (16 * tables.Count);
        Span<byte> entry = stackalloc byte[16];
        foreach (var (name, bytes) in tables)
        {
            Encoding.ASCII.GetBytes(name, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], SumOf(bytes));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], offset);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], bytes.Length);
            file.Write(entry);
            offset += (bytes.Length + 3) / 4 * 4;
        }

        foreach (var (_, bytes) in tables)
        {
            file.Write(bytes);
            file.Write(new byte[(4 - (bytes.Length % 4)) % 4]);
        }

        return file.ToArray();
    }

    private static uint SumOf(byte[] bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (uint)bytes[i] << (24 - (8 * (i % 4)));
        }

        return sum;
    }

    private ReadOnlySpan<byte> TableOf(string name) => _file.AsSpan(_tables[name].Offset, _tables[name].Length);

    private int At(string table) => _tables[table].Offset;

    private int Scaled(int units) => (int)Math.Round(units * 1000.0 / UnitsPerEm);

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));

    private int S16(int at) => BinaryPrimitives.ReadInt16BigEndian(_file.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at));
}
