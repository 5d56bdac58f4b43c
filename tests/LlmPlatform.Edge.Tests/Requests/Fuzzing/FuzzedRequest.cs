using System.Text;

namespace LlmPlatform.Edge.Tests.Requests.Fuzzing;

/// <summary>A request as it goes over the wire.</summary>
/// <param name="Path">The public route whose protocol it is answered in.</param>
/// <param name="Bytes">All of it, request line and headers too.</param>
/// <param name="What">What is wrong with it, in a word or two.</param>
internal sealed record FuzzedRequest(string Path, byte[] Bytes, string What)
{
    /// <summary>
    /// Its HTTP is broken, so that the server answers before the gateway knows whose protocol to answer in, or closes.
    /// </summary>
    public bool IsBrokenHttp { get; init; }

    /// <summary>The request in letters, for the message of a failure.</summary>
    public override string ToString()
    {
        const int mostShown = 1500;
        var text = Encoding.Latin1.GetString(Bytes);
        return $"{What}, {Bytes.Length} bytes:\n{(text.Length > mostShown ? text[..mostShown] + "…" : text)}";
    }
}
