using System.Buffers;
using System.Globalization;
using System.Text;

namespace LlmPlatform.Hosting.Telemetry;

/// <summary>Writes the Prometheus text format 0.0.4.</summary>
internal sealed class PrometheusText(IBufferWriter<byte> output)
{
    /// <summary>How a bucket's upper bound reads in its <c>le</c> label.</summary>
    public static string Bound(double bound) =>
        double.IsPositiveInfinity(bound) ? "+Inf" : bound.ToString(CultureInfo.InvariantCulture);

    public void Header(string name, string help, string type)
    {
        if (help.Length > 0)
        {
            Text($"# HELP {name} {PrometheusNames.Help(help)}\n");
        }

        Text($"# TYPE {name} {type}\n");
    }

    public void Sample(string name, string suffix, string labels, long value)
    {
        Series(name, suffix, labels);
        Number(value);
    }

    public void Sample(string name, string suffix, string labels, double value)
    {
        Series(name, suffix, labels);
        if (double.IsFinite(value))
        {
            Number(value);
        }
        else
        {
            Text(double.IsNaN(value) ? "NaN\n" : value > 0 ? "+Inf\n" : "-Inf\n");
        }
    }

    public void Bucket(string name, string labels, string bound, long count)
    {
        Text(name);
        Text(labels.Length == 0 ? "_bucket{le=\"" : "_bucket{");
        if (labels.Length > 0)
        {
            Text(labels);
            Text(",le=\"");
        }

        Text(bound);
        Text("\"} ");
        Number(count);
    }

    private void Series(string name, string suffix, string labels)
    {
        Text(name);
        Text(suffix);
        if (labels.Length > 0)
        {
            Text("{");
            Text(labels);
            Text("}");
        }

        Text(" ");
    }

    private void Number<T>(T value)
        where T : IUtf8SpanFormattable
    {
        // The longest round-trip form of a double has 24 characters, of a long 20.
        var buffer = output.GetSpan(32);
        value.TryFormat(buffer, out var written, default, CultureInfo.InvariantCulture);
        buffer[written] = (byte)'\n';
        output.Advance(written + 1);
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, output);
}
