using System.Net;
using System.Net.Http.Headers;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>The body of an answer as the client's words have it.</summary>
internal sealed class AnswerContent : HttpContent
{
    private AnswerBody? _body;
    private string? _type;

    /// <summary>The body itself; null before the head was read.</summary>
    public AnswerBody? Body => _body;

    /// <summary>True when it says that it is one JSON document.</summary>
    public bool IsJson => _type is { } type
        && MediaTypeHeaderValue.TryParse(type, out var known) && known.MediaType == "application/json";

    /// <summary>
    /// Takes note of a header that is the body's and not the answer's. Kept is its type alone: how long it is, the
    /// framing knows, and nothing else is asked of it.
    /// </summary>
    public void Note(string name, string value)
    {
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
        {
            _type = value;
        }
    }

    /// <summary>The content of an answer whose head has been read, with what was noted on it.</summary>
    public static AnswerContent Of(HttpResponseMessage response, AnswerBody body)
    {
        var content = (AnswerContent)response.Content;
        content._body = body;
        return content;
    }

    /// <inheritdoc />
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(_body!);

    /// <inheritdoc />
    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _body!;

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        _body!.CopyToAsync(stream);

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body?.Dispose();
        }

        base.Dispose(disposing);
    }
}
