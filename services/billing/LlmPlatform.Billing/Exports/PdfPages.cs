using System.Globalization;
using System.Text;

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

    /// <summary>Two blocks of lines beside each other.</summary>
    public void Beside(IReadOnlyList<string> left, IReadOnlyList<string> right, double size = 9)
    {
        var half = (Width / 2) - 8;
        var rows = Math.Max(left.Count, right.Count);
        Require(rows * size * LineSpace);
        for (var row = 0; row < rows; row++)
        {
            var bold = row == 0;
            Draw(Margin, Cut(left.ElementAtOrDefault(row) ?? "", size, bold, half), size, bold, Black);
            Draw(Margin + (Width / 2), Cut(right.ElementAtOrDefault(row) ?? "", size, bold, half), size, bold, Black);
            _y += size * LineSpace;
        }
    }

    /// <summary>A heading, never alone at the foot of a page.</summary>
    public void Heading(string text)
    {
        Require(70);
        Space(10);
        Text(text, size: 11.5, bold: true);
        Space(2);
    }

    public void Space(double points) => _y += points;

    /// <summary>A table; its titles are repeated on every page it reaches.</summary>
    /// <param name="columns">Whose widths fit the page.</param>
    /// <param name="rows">A text for each column.</param>
    /// <param name="total">Set bold below the rows; null: none.</param>
    public void Table(
        IReadOnlyList<PdfColumn> columns, IEnumerable<IReadOnlyList<string>> rows, IReadOnlyList<string>? total = null)
    {
        Row(columns, [.. columns.Select(column => column.Title)], bold: true, grey: true);
        Line();
        foreach (var row in rows.SelectMany(row => LinesOf(columns, row)))
        {
            if (!Fits(RowHeight))
            {
                NewPage();
                Row(columns, [.. columns.Select(column => column.Title)], bold: true, grey: true);
                Line();
            }

            Row(columns, row, bold: false, grey: false);
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
        _y += 3;
    }

    private static string Cut(string text, double size, bool bold, double width)
    {
        if (PdfFile.WidthOf(text, size, bold) <= width)
        {
            return text;
        }

        var length = text.Length;
        while (length > 1 && PdfFile.WidthOf(text[..length] + "…", size, bold) > width)
        {
            length--;
        }

        return text[..length] + "…";
    }

    private static IEnumerable<string> Wrapped(string text, double size, bool bold, double width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && PdfFile.WidthOf(longer, size, bold) > width)
            {
                yield return line.ToString();
                line.Clear().Append(word);
            }
            else
            {
                line.Clear().Append(longer);
            }
        }

        yield return Cut(line.ToString(), size, bold, width);
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
