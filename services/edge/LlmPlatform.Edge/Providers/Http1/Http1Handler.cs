using System.Collections.Concurrent;
using System.Net.Security;

namespace LlmPlatform.Edge.Providers.Http1;

/// <summary>
/// The way to providers over HTTP/1.1, made for what the gateway does and nothing else: one body that is in memory, one
/// answer whose bytes are handed on as they come. It holds no buffer for an answer that waits, and a call on a
/// connection that is open costs it a handful of objects. What it is not made for goes through the general client:
/// proxies, other contents, other versions of HTTP.
/// </summary>
/// <param name="options">Limits and times.</param>
/// <param name="clock">Measures how long a connection is unused.</param>
/// <param name="other">The general client.</param>
/// <param name="trust">Who decides on certificates; null: the machine's own roots.</param>
internal sealed class Http1Handler(
    UpstreamOptions options,
    TimeProvider clock,
    HttpMessageHandler other,
    RemoteCertificateValidationCallback? trust = null)
    : HttpMessageHandler
{
    private readonly ConcurrentDictionary<Origin, Http1Pool?> _pools = new();
    private readonly HttpMessageInvoker _other = new(other);
    private volatile Http1Pool? _last;

    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Content is RequestContent content
            && request.Version == System.Net.HttpVersion.Version11
            && request.Headers.Host is null
            && PoolFor(request.RequestUri!) is { } pool
            ? pool.SendAsync(request, content, cancellationToken)
            : SendOtherwiseAsync(request, cancellationToken);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var pool in _pools.Values)
            {
                pool?.Dispose();
            }

            _other.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task<HttpResponseMessage> SendOtherwiseAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        (request.Content as RequestContent)?.NameType();
        return _other.SendAsync(request, cancellationToken);
    }

    // A provider is nearly always one origin. Null: a proxy stands before this one.
    private Http1Pool? PoolFor(Uri address)
    {
        if (_last is { } last && last.Origin.Holds(address))
        {
            return last;
        }

        var pool = _pools.GetOrAdd(
            new Origin(address.Scheme, address.IdnHost, address.Port),
            static (origin, made) => IsProxied(made.options, origin)
                ? null
                : new Http1Pool(origin, made.options, made.clock, made.trust),
            (options, clock, trust));
        _last = pool ?? _last;
        return pool;
    }

    private static bool IsProxied(UpstreamOptions options, Origin origin)
    {
        var address = origin.Address;
        return options.UseProxy
            && !HttpClient.DefaultProxy.IsBypassed(address)
            && HttpClient.DefaultProxy.GetProxy(address) is { } proxy
            && proxy != address;
    }
}
