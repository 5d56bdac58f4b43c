using System.Net;

namespace LlmPlatform.Edge.Providers;

/// <summary>A JSON body that tells whether any of it may have left the house.</summary>
internal sealed class RequestContent : ByteArrayContent
{
    /// <summary>What it is.</summary>
    public const string Type = "application/json";

    private readonly ArraySegment<byte> _body;
    private volatile bool _wasSent;

    /// <param name="body">Stays as it is until the request has been sent.</param>
    public RequestContent(ArraySegment<byte> body)
        : base(body.Array!, body.Offset, body.Count) => _body = body;

    /// <summary>
    /// False as long as no connection has asked for the body: the provider knows nothing of the request.
    /// </summary>
    public bool WasSent => _wasSent;

    /// <summary>Says what it is, as our own way to providers writes it: without a header among the content's.</summary>
    public static ReadOnlySpan<byte> TypeLine => "Content-Type: application/json\r\n"u8;

    /// <summary>Says the same in a header, for a client that wants it there.</summary>
    public void NameType() => Headers.TryAddWithoutValidation("Content-Type", Type);

    /// <summary>Bytes of it.</summary>
    public int Length => _body.Count;

    /// <summary>The body, for who sends it now.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        _wasSent = true;
        return _body;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _wasSent = true;
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    // What a handler inside the process reads has reached it as well.
    protected override Task<Stream> CreateContentReadStreamAsync()
    {
        _wasSent = true;
        return base.CreateContentReadStreamAsync();
    }
}
