using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>The first line and the headers of a request.</summary>
internal static class RequestHead
{
    // What would end a header, or is none: nobody may write a second one into the value of the first.
    private static readonly SearchValues<char> Unsendable = SearchValues.Create("\r\n\0");

    /// <summary>Writes the head, its empty line included.</summary>
    /// <exception cref="HttpRequestException">A header cannot be said in HTTP.</exception>
    public static void Write(PooledBuffer buffer, HttpRequestMessage request, RequestContent content, byte[] start)
    {
        Text(buffer, request.Method.Method);
        buffer.Write(start);
        WriteAll(buffer, request.Headers.NonValidated);
        buffer.Write(RequestContent.TypeLine);
        buffer.Write("Content-Length: "u8);
        content.Length.TryFormat(buffer.GetSpan(16), out var digits, default, CultureInfo.InvariantCulture);
        buffer.Advance(digits);
        buffer.Write("\r\n\r\n"u8);
    }

    /// <summary>What follows the method in every request to an address: its path, and the host.</summary>
    public static byte[] StartOf(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        var port = address.IsDefaultPort
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $":{address.Port}");
        return Encoding.ASCII.GetBytes($" {address.PathAndQuery} HTTP/1.1\r\nHost: {host}{port}\r\n");
    }

    private static void WriteAll(PooledBuffer buffer, HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers)
        {
            // Said once, by us.
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach (var value in values)
            {
                Text(buffer, name);
                buffer.Write(": "u8);
                Text(buffer, value);
                buffer.Write("\r\n"u8);
            }
        }
    }

    private static void Text(PooledBuffer buffer, string text)
    {
        var into = buffer.GetSpan(text.Length);
        if (text.AsSpan().ContainsAny(Unsendable)
            || Ascii.FromUtf16(text, into, out var written) != OperationStatus.Done)
        {
            throw new HttpRequestException("A header holds what cannot be sent.");
        }

        buffer.Advance(written);
    }
}
