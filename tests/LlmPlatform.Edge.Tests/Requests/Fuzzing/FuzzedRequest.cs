using System.Text;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>A request as it goes over the wire.</summary>
/// <param name="Path">The public route whose protocol it is answered in.</param>
/// <param name="Bytes">All of it, request line and headers too.</param>
/// <param name="What">What is wrong with it, in a word or two.</param>
internal sealed record FuzzedRequest(string Path, byte[] Bytes, string What)
{
    private const string Messages = "/v1/messages";

    /// <summary>
    /// Its HTTP is broken, so that the server answers before the gateway knows whose protocol to answer in, or closes.
    /// </summary>
    public bool IsBrokenHttp { get; init; }

    /// <summary>Its errors have Anthropic's shape, by the address it is really sent to.</summary>
    public bool IsAnthropic
    {
        get
        {
            var line = Encoding.Latin1.GetString(Bytes.AsSpan(0, Bytes.AsSpan().IndexOf((byte)'\r')));
            return line.Split(' ')[1].StartsWith(Messages, StringComparison.Ordinal);
        }
    }

    /// <summary>The request in letters, for the message of a failure.</summary>
    public override string ToString()
    {
        const int mostShown = 1500;
        var text = Encoding.Latin1.GetString(Bytes);
        return $"{What}, {Bytes.Length} bytes:\n{(text.Length > mostShown ? text[..mostShown] + "…" : text)}";
    }
}
