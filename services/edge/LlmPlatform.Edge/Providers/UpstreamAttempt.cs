using System.Net;
using System.Net.Http.Headers;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// One call to one provider, with its three timeouts: for the first byte, between two bytes, and for all of it. Faults are
/// values. A caller that goes away does not end the attempt: the provider bills it all the same, so it is read on, up to the
/// drain limit.
/// </summary>
internal sealed class UpstreamAttempt : IDisposable
{
    private readonly RoutedProvider _provider;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _drainTimeout;
    private readonly long _startedAt;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenRegistration _onCallerGone;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _callerGoneAt;
    private bool _bodyBegan;

    public UpstreamAttempt(
        RoutedProvider provider, TimeProvider clock, TimeSpan drainTimeout, CancellationToken callerGone)
    {
        _provider = provider;
        _clock = clock;
        _drainTimeout = drainTimeout;
        _startedAt = clock.GetTimestamp();
        _deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _onCallerGone = callerGone.UnsafeRegister(static attempt => ((UpstreamAttempt)attempt!).CallerGone(), this);
    }

    public TimeSpan Elapsed => _clock.GetElapsedTime(_startedAt);

    public HttpStatusCode Status => _response!.StatusCode;

    public HttpContentHeaders ContentHeaders => _response!.Content.Headers;

    public HttpResponseHeaders Headers => _response!.Headers;

    /// <summary>Sends the request and waits for the head of the answer. Null when the provider answered 200.</summary>
    public async ValueTask<UpstreamError?> SendAsync(HttpMessageInvoker client, HttpRequestMessage request)
    {
        try
        {
            Arm(_provider.FirstByteTimeout);
            _response = await client.SendAsync(request, _deadline.Token);
            if (_response.StatusCode != HttpStatusCode.OK)
            {
                var retryAfter = _response.Headers.RetryAfter;
                var wait = retryAfter?.Delta ?? (retryAfter?.Date - _clock.GetUtcNow());
                return new UpstreamError(UpstreamStage.Refused, UpstreamCause.Status, (int)Status, wait);
            }

            _body = await _response.Content.ReadAsStreamAsync(_deadline.Token);
            return null;
        }
        catch (OperationCanceledException canceled)
        {
            return canceled.InnerException is TimeoutException && !_deadline.IsCancellationRequested
                ? new UpstreamError(UpstreamStage.Connect, UpstreamCause.Timeout)
                : new UpstreamError(UpstreamStage.FirstByte, UpstreamCause.Timeout);
        }
        catch (HttpRequestException fault)
        {
            var stage = fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
                ? UpstreamStage.Connect
                : UpstreamStage.FirstByte;
            return new UpstreamError(stage, UpstreamCause.Connection);
        }
    }

    /// <summary>Opens the body of an answer that is not 200, to see what the provider says.</summary>
    public async ValueTask<UpstreamError?> OpenBodyAsync()
    {
        try
        {
            _body = await _response!.Content.ReadAsStreamAsync(_deadline.Token);
            return null;
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException)
        {
            return new UpstreamError(UpstreamStage.Refused, UpstreamCause.Connection, (int)Status);
        }
    }

    /// <summary>Reads some of the answer; 0 bytes at its end.</summary>
    public async ValueTask<(int Bytes, UpstreamError? Error)> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            Arm(_bodyBegan ? _provider.IdleTimeout : _provider.FirstByteTimeout);
            var count = await _body!.ReadAsync(buffer, _deadline.Token);
            _bodyBegan |= count > 0;
            return (count, null);
        }
        catch (OperationCanceledException)
        {
            return (0, new UpstreamError(BodyStage, UpstreamCause.Timeout));
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            return (0, new UpstreamError(BodyStage, UpstreamCause.Connection));
        }
    }

    public void Dispose()
    {
        _onCallerGone.Dispose();
        _response?.Dispose();
        _deadline.Dispose();
    }

    private UpstreamStage BodyStage => _bodyBegan ? UpstreamStage.Body : UpstreamStage.FirstByte;

    // Whichever comes first: this wait, the end of the whole call, the end of the drain after the caller left.
    private void Arm(TimeSpan wait)
    {
        var left = _provider.Timeout - Elapsed;
        wait = left < wait ? left : wait;
        if (Volatile.Read(ref _callerGoneAt) is not 0 and var goneAt)
        {
            var drain = _drainTimeout - _clock.GetElapsedTime(goneAt);
            wait = drain < wait ? drain : wait;
        }

        _deadline.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private void CallerGone()
    {
        Volatile.Write(ref _callerGoneAt, _clock.GetTimestamp());
        var left = _provider.Timeout - Elapsed;
        var wait = left < _drainTimeout ? left : _drainTimeout;
        try
        {
            _deadline.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended in this very moment: there is nothing left to cut.
        }
    }
}
