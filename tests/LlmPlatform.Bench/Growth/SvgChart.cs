using System.Globalization;
using System.Security;
using System.Text;

namespace LlmPlatform.Bench.Growth;

/// <summary>A line chart over a logarithmic axis, from zero upwards, as an SVG file of a few kilobytes.</summary>
internal sealed class SvgChart(string title, string across, string upwards)
{
    private const double Width = 640;
    private const double Height = 360;
    private const double Left = 70;
    private const double Right = 20;
    private const double Top = 48;
    private const double Bottom = 52;

    private static readonly string[] Colours = ["#1f6feb", "#d1242f", "#1a7f37", "#8250df"];

    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points)> _lines = [];

    /// <summary>Adds a line.</summary>
    /// <param name="name">For the legend, with its unit.</param>
    /// <param name="points">By rising x, from 1.</param>
    public void Add(string name, IReadOnlyList<(double X, double Y)> points) => _lines.Add((name, points));

    /// <summary>Writes the file.</summary>
    public void Save(string path) => File.WriteAllText(path, Draw());

    private string Draw()
    {
        var svg = new StringBuilder();
        var mostX = _lines.Max(line => line.Points[^1].X);
        var mostY = RoundUp(_lines.Max(line => line.Points.Max(point => point.Y)));
        Write(
            svg,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif">""");
        Write(svg, $"""<rect width="100%" height="100%" fill="#ffffff"/>""");
        Text(svg, Left, 20, "start", title, "15");
        Text(svg, (Left + Width - Right) / 2, Height - 10, "middle", across);
        Text(svg, Left, Top - 10, "start", upwards);
        for (var x = 1.0; x <= mostX; x *= 10)
        {
            Line(svg, AtX(x, mostX), Height - Bottom, AtX(x, mostX), Top);
            Text(svg, AtX(x, mostX), Height - Bottom + 16, "middle", x.ToString("N0", CultureInfo.InvariantCulture));
        }

        for (var step = 0; step <= 4; step++)
        {
            var y = mostY * step / 4;
            Line(svg, Left, AtY(y, mostY), Width - Right, AtY(y, mostY));
            Text(svg, Left - 6, AtY(y, mostY) + 4, "end", y.ToString("0.##", CultureInfo.InvariantCulture));
        }

        for (var number = 0; number < _lines.Count; number++)
        {
            var (name, points) = _lines[number];
            var colour = Colours[number % Colours.Length];
            var path = string.Join(' ', points.Select(p => Pair(AtX(p.X, mostX), AtY(p.Y, mostY))));
            Write(svg, $"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>""");
            foreach (var (x, y) in points)
            {
                Write(svg, $"""<circle cx="{AtX(x, mostX):0.#}" cy="{AtY(y, mostY):0.#}" r="3" fill="{colour}"/>""");
            }

            Text(svg, Width - Right, 20 + (14 * number), "end", name, "12", colour);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double AtX(double x, double most) =>
        Left + ((Width - Left - Right) * (most <= 1 ? 0 : Math.Log10(x) / Math.Log10(most)));

    private static double AtY(double y, double most) => Height - Bottom - ((Height - Top - Bottom) * y / most);

    // The next of 1, 2, 4, 5 and 10 times a power of ten.
    private static double RoundUp(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(most, 1e-9))));
        return power * new[] { 1.0, 2, 4, 5, 10 }.First(times => times * power >= most);
    }

    private static string Pair(double x, double y) => string.Create(CultureInfo.InvariantCulture, $"{x:0.#},{y:0.#}");

    private static void Line(StringBuilder svg, double fromX, double fromY, double toX, double toY) => Write(
        svg, $"""<line x1="{fromX:0.#}" y1="{fromY:0.#}" x2="{toX:0.#}" y2="{toY:0.#}" stroke="#d0d7de"/>""");

    private static void Text(
        StringBuilder svg,
        double x,
        double y,
        string anchor,
        string text,
        string size = "12",
        string colour = "#24292f")
    {
        var escaped = SecurityElement.Escape(text);
        Write(svg, $"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">""");
        Write(svg, $"{escaped}</text>");
    }

    private static void Write(StringBuilder svg, FormattableString markup) =>
        svg.AppendLine(markup.ToString(CultureInfo.InvariantCulture));
}
