using System.Globalization;

namespace LlmPlatform.Billing.Exports;

/// <summary>
/// Sets text and tables on pages, one below the other, and begins a new page where one is full.
/// </summary>
internal sealed class PdfPages
{
    private const double Margin = 48;
    private const double LineSpace = 1.45;
    private const double RowSize = 8;
    private const double RowHeight = RowSize * 1.6;
    private const double Black = 0;
    private const double Grey = 0.42;
    private const double Rule = 0.8;
    private const double RuleSpace = 3;

    private readonly PdfFile _file;
    private readonly string _footer;
    private double _y;

    /// <param name="title">Of the document.</param>
    /// <param name="author">Of the document.</param>
    /// <param name="footer">At the foot of each page, before its number.</param>
    /// <param name="date">Written into the file as its date.</param>
    public PdfPages(string title, string author, string footer, DateTimeOffset date)
    {
        _file = new PdfFile(title, author, date);
        _footer = footer;
        NewPage();
    }

    /// <summary>From the left margin to the right one, in points.</summary>
    public double Width { get; } = PdfFile.PageWidth - (2 * Margin);

    /// <summary>A line of text.</summary>
    public void Text(string text, double size = 9, bool bold = false, bool grey = false, double indent = 0)
    {
        foreach (var line in Wrapped(text, size, bold, Width - indent))
        {
            Require(size * LineSpace);
            Draw(Margin + indent, line, size, bold, grey ? Grey : Black);
            _y += size * LineSpace;
        }
    }

    /// <summary>Two blocks of lines beside each other, the first of each bold.</summary>
    public void Beside(IReadOnlyList<string> left, IReadOnlyList<string> right, double size = 9)
    {
        var half = (Width / 2) - 8;
        var (first, second) = (BlockOf(left, size, half), BlockOf(right, size, half));
        var rows = Math.Max(first.Count, second.Count);
        Require(rows * size * LineSpace);
        for (var row = 0; row < rows; row++)
        {
            DrawAt(Margin, first.ElementAtOrDefault(row));
            DrawAt(Margin + (Width / 2), second.ElementAtOrDefault(row));
            _y += size * LineSpace;
        }

        void DrawAt(double x, (string? Text, bool IsTitle) line) =>
            Draw(x, line.Text ?? "", size, bold: line.IsTitle, Black);
    }

    /// <summary>A heading, never alone at the foot of a page, nor with no more than the titles of a table.</summary>
    public void Heading(string text)
    {
        Require(90);
        Space(10);
        Text(text, size: 11.5, bold: true);
        Space(2);
    }

    public void Space(double points) => _y += points;

    /// <summary>A table; its titles are repeated on every page it reaches.</summary>
    /// <param name="columns">Whose widths fit the page.</param>
    /// <param name="rows">A text for each column.</param>
    /// <param name="total">Set bold below the rows, on the page of the last of them; null: none.</param>
    public void Table(
        IReadOnlyList<PdfColumn> columns, IEnumerable<IReadOnlyList<string>> rows, IReadOnlyList<string>? total = null)
    {
        Titles(columns);
        var lines = rows.SelectMany(row => LinesOf(columns, row)).ToList();
        for (var line = 0; line < lines.Count; line++)
        {
            var withTotal = total is not null && line == lines.Count - 1;
            if (!Fits(withTotal ? (2 * RowHeight) + RuleSpace : RowHeight))
            {
                NewPage();
                Titles(columns);
            }

            Row(columns, lines[line], bold: false, grey: false);
        }

        if (total is not null)
        {
            Line();
            Row(columns, total, bold: true, grey: false);
        }
    }

    /// <summary>The finished file.</summary>
    public byte[] ToFile()
    {
        const double size = 7;
        _y = PdfFile.PageHeight - Margin + 5;
        for (var page = 0; page < _file.PageCount; page++)
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"{page + 1} / {_file.PageCount}");
            var right = PdfFile.PageWidth - Margin - PdfFile.WidthOf(number, size, bold: false);
            _file.Text(page, Margin, _y + size, _footer, size, bold: false, Grey);
            _file.Text(page, right, _y + size, number, size, bold: false, Grey);
        }

        return _file.ToBytes();
    }

    private static List<(string? Text, bool IsTitle)> BlockOf(IReadOnlyList<string> lines, double size, double width) =>
    [
        .. lines.SelectMany((line, index) =>
            Wrapped(line, size, bold: index == 0, width).Select(part => ((string?)part, index == 0))),
    ];

    private void Titles(IReadOnlyList<PdfColumn> columns)
    {
        Row(columns, [.. columns.Select(column => column.Title)], bold: true, grey: true);
        Line();
    }

    // A row is as high as its longest text that wraps; below the first line its other columns are empty.
    private static IEnumerable<IReadOnlyList<string>> LinesOf(
        IReadOnlyList<PdfColumn> columns, IReadOnlyList<string> row)
    {
        var cells = columns.Zip(row).Select(cell => cell.First.Wraps
            ? Wrapped(cell.Second, RowSize, bold: false, cell.First.Width - 6).ToList()
            : [cell.Second]).ToList();
        return Enumerable.Range(0, cells.Max(cell => cell.Count))
            .Select(line => (IReadOnlyList<string>)[.. cells.Select(cell => cell.ElementAtOrDefault(line) ?? "")]);
    }

    private void Row(IReadOnlyList<PdfColumn> columns, IReadOnlyList<string> texts, bool bold, bool grey)
    {
        Require(RowHeight);
        var x = Margin;
        foreach (var (column, text) in columns.Zip(texts))
        {
            var shown = Cut(text, RowSize, bold, column.Width - 6);
            var at = column.IsNumber ? x + column.Width - PdfFile.WidthOf(shown, RowSize, bold) - 2 : x;
            Draw(at, shown, RowSize, bold, grey ? Grey : Black);
            x += column.Width;
        }

        _y += RowHeight;
    }

    private void Line()
    {
        _file.Line(_file.PageCount - 1, Margin, _y, Width, Rule);
        _y += RuleSpace;
    }

    private static string Cut(string text, double size, bool bold, double width) =>
        PdfFile.WidthOf(text, size, bold) <= width
            ? text
            : text[..FittingLength(text, size, bold, width - PdfFile.WidthOf("…", size, bold))] + "…";

    // Breaks at spaces, and a word that is wider than the line (Chinese has no spaces) where the line is full.
    private static IEnumerable<string> Wrapped(string text, double size, bool bold, double width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (PdfFile.WidthOf(longer, size, bold) <= width)
            {
                line = longer;
                continue;
            }

            if (line.Length > 0)
            {
                yield return line;
            }

            line = word;
            while (PdfFile.WidthOf(line, size, bold) > width)
            {
                var length = FittingLength(line, size, bold, width);
                yield return line[..length];
                line = line[length..];
            }
        }

        yield return line;
    }

    // Never within what a reader takes for one character, and at least one.
    private static int FittingLength(string text, double size, bool bold, double width)
    {
        var length = StringInfo.GetNextTextElementLength(text);
        while (length < text.Length)
        {
            var longer = length + StringInfo.GetNextTextElementLength(text, length);
            if (PdfFile.WidthOf(text[..longer], size, bold) > width)
            {
                break;
            }

            length = longer;
        }

        return length;
    }

    private void Draw(double x, string text, double size, bool bold, double grey)
    {
        if (text.Length > 0)
        {
            _file.Text(_file.PageCount - 1, x, _y + size, text, size, bold, grey);
        }
    }

    private bool Fits(double height) => _y + height <= PdfFile.PageHeight - Margin - 24;

    private void Require(double height)
    {
        if (!Fits(height))
        {
            NewPage();
        }
    }

    private void NewPage()
    {
        _file.AddPage();
        _y = Margin;
    }
}
