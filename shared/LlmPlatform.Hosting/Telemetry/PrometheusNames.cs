using System.Globalization;
using System.Text;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>Turns names and tags of instruments into what the text format allows.</summary>
internal static class PrometheusNames
{
    /// <summary>
    /// A metric name: letters, digits, <c>_</c> and <c>:</c>, not beginning with a digit. The rest becomes <c>_</c>.
    /// </summary>
    public static string Metric(string name) => Sanitize(name, colons: true);

    /// <summary>
    /// The inside of the braces of a series: <c>a="x",b="y"</c>, sorted by name, so that equal sets read alike whatever
    /// order they were given in. Empty values are left out: to Prometheus they are the same as no label.
    /// </summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        // Of two values for one name the greater wins, which does not depend on the order either.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, tagged) in tags)
        {
            var name = Label(key);
            var value = Text(tagged);
            if (value.Length > 0
                && (!labels.TryGetValue(name, out var other) || string.CompareOrdinal(value, other) > 0))
            {
                labels[name] = value;
            }
        }

        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"");
            AppendEscaped(text, value, quotes: true);
            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>A description on one line, escaped for <c># HELP</c>.</summary>
    public static string Help(string description)
    {
        var text = new StringBuilder(description.Length);
        AppendEscaped(text, description, quotes: false);
        return text.ToString();
    }

    // A histogram writes `le` itself.
    private static string Label(string name) => name == "le" ? "le_" : Sanitize(name, colons: false);

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool truth => truth ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Sanitize(string name, bool colons)
    {
        var valid = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var letter in name)
        {
            valid &= IsAllowed(letter, colons);
        }

        if (valid)
        {
            return name;
        }

        var text = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            text.Append('_');
        }

        foreach (var letter in name)
        {
            text.Append(IsAllowed(letter, colons) ? letter : '_');
        }

        return text.ToString();
    }

    private static bool IsAllowed(char letter, bool colons) =>
        char.IsAsciiLetterOrDigit(letter) || letter == '_' || (colons && letter == ':');

    private static void AppendEscaped(StringBuilder text, string value, bool quotes)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(letter),
            };
        }
    }
}
