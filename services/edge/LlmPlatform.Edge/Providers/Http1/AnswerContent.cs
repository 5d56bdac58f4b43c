using System.Net;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>The body of an answer as the client's words have it.</summary>
internal sealed class AnswerContent : HttpContent
{
    private AnswerBody? _body;

    /// <summary>The content of an answer whose head has been read, with the headers that were put on it.</summary>
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
