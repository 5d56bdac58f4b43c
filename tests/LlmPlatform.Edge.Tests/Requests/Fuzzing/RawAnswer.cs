using System.Globalization;
using System.Text;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Status">Its status; 0 when the connection was closed without one.</param>
/// <param name="Head">Status line and headers.</param>
/// <param name="Body">Its body, in the chunks it may have come in.</param>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    public static RawAnswer Parse(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (text.StartsWith(Continue, StringComparison.Ordinal))
            text = text[Continue.Length..];
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return new RawAnswer(0, text, "");
        var status = int.Parse(text.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        return new RawAnswer(status, text[..end], text[(end + 4)..]);
    }
}
