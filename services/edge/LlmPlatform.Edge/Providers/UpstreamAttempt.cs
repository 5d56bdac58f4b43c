using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using LlmPlatform.Edge.Providers.Http1;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// One call to one provider, with its three timeouts: for the first byte, between two bytes, and for all of it. Faults
/// are values. A caller that goes away does not end the attempt: the provider bills it all the same, so it is read on,
/// up to the drain limit.
/// </summary>
internal sealed class UpstreamAttempt : IDisposable
{
    private const int MaxIdLength = 128;
    private const int ReadBytes = 4096;

    // AWS, Anthropic, OpenAI and its kin; the last of them may be our own, sent back.
    private static readonly string[] IdHeaders = ["x-amzn-requestid", "request-id", "x-request-id"];

    private readonly RoutedProvider _provider;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _firstByteTimeout;
    private readonly TimeSpan _drainTimeout;
    private readonly long _startedAt;
    private readonly Deadline _deadline;
    private readonly CancellationTokenRegistration _onCallerGone;
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _callerGoneAt;
    private bool _bodyBegan;

    public UpstreamAttempt(
        RoutedProvider provider,
        bool isStream,
        TimeProvider clock,
        TimeSpan drainTimeout,
        CancellationToken callerGone,
        TimeSpan? answerWithin = null)
    {
        _provider = provider;

        // The first byte of an answer that is not streamed comes when all of it has been produced.
        var firstByteTimeout = isStream ? provider.FirstByteTimeout : provider.Timeout;
        _firstByteTimeout = answerWithin < firstByteTimeout ? answerWithin.Value : firstByteTimeout;
        _clock = clock;
        _drainTimeout = drainTimeout;
        _startedAt = clock.GetTimestamp();
        _deadline = new Deadline(clock);
        _onCallerGone = callerGone.UnsafeRegister(static attempt => ((UpstreamAttempt)attempt!).OnCallerGone(), this);
    }

    public TimeSpan Elapsed => _clock.GetElapsedTime(_startedAt);

    /// <summary>Time spent waiting for the provider until its answer began.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>True once the caller has gone away.</summary>
    public bool CallerGone => Volatile.Read(ref _callerGoneAt) != 0;

    public HttpStatusCode Status => _response!.StatusCode;

    /// <summary>The headers of the answer.</summary>
    public HttpResponseHeaders Headers => _response!.Headers;

    /// <summary>The same; null while there is no answer.</summary>
    public HttpResponseHeaders? AnswerHeaders => _response?.Headers;

    /// <summary>The provider's id of the exchange where a header tells it; null for none.</summary>
    public string? RequestIdHeader
    {
        get
        {
            foreach (var name in IdHeaders)
            {
                if (_response is { } response
                    && response.Headers.NonValidated.TryGetValues(name, out var ids)
                    && FirstOf(ids) is { Length: > 0 and <= MaxIdLength } id)
                {
                    return id;
                }
            }

            return null;
        }
    }

    /// <summary>True when the answer is one JSON document, whatever was asked for.</summary>
    public bool IsJson => _response!.Content is AnswerContent answer
        ? answer.IsJson
        : _response.Content.Headers.ContentType is { MediaType: "application/json" };

    /// <summary>Sends a request and waits for the head of the answer. Null when the provider answered 200.</summary>
    /// <param name="client">Its connections.</param>
    /// <param name="request">With its credential, unless it is a prepared call; given back.</param>
    /// <param name="content">Its body.</param>
    /// <param name="prepared">The call whose credential is still wanted; given back. Null for any other.</param>
    /// <param name="callerGone">Ends the wait for a credential.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamError?> SendAsync(
        HttpMessageInvoker client,
        HttpRequestMessage request,
        RequestContent content,
        PreparedCall? prepared = null,
        CancellationToken callerGone = default)
    {
        var before = _clock.GetTimestamp();
        var isAuthorized = prepared is null;
        try
        {
            if (!isAuthorized)
            {
                await prepared!.Adapter.AuthorizeAsync(request, prepared.Body.Memory, callerGone);
                isAuthorized = true;
            }

            Arm(FirstByteLeft);
            _response = await client.SendAsync(request, _deadline.Token);
            if (_response.StatusCode != HttpStatusCode.OK)
            {
                var wait = ProviderAllowance.RetryAfter(_response.Headers, _clock.GetUtcNow());
                return new UpstreamError(UpstreamStage.Refused, UpstreamCause.Status, (int)Status, wait);
            }

            _body = _response.Content is AnswerContent { Body: { } body }
                ? body
                : await _response.Content.ReadAsStreamAsync(_deadline.Token);
            Arm(_provider.Timeout);
            return null;
        }
        catch (CredentialUnavailableException)
        {
            return new UpstreamError(UpstreamStage.Connect, UpstreamCause.Credential);
        }
        catch (OperationCanceledException) when (isAuthorized)
        {
            return new UpstreamError(StageOf(content), UpstreamCause.Timeout);
        }
        catch (Exception fault) when (isAuthorized && fault is (HttpRequestException or IOException))
        {
            return new UpstreamError(StageOf(content), UpstreamCause.Connection);
        }
        finally
        {
            request.Dispose();
            prepared?.Dispose();
            Waited += _clock.GetElapsedTime(before);
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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(int Bytes, UpstreamError? Error)> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            var read = _body!.ReadAsync(buffer, _deadline.Token);
            if (read.IsCompletedSuccessfully)
            {
                return (Began(read.Result), null);
            }

            Arm(_bodyBegan ? _provider.IdleTimeout : FirstByteLeft);
            var count = await read;

            // What follows may be a wait for a slow caller: it is not the provider's silence.
            Arm(_provider.Timeout);
            return (Began(count), null);
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

    /// <summary>Reads all that is left of the answer.</summary>
    /// <param name="answer">Receives it.</param>
    /// <param name="limit">The most it may be, in bytes; more is a fault.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamError?> ReadAllAsync(PooledBuffer answer, int limit)
    {
        while (true)
        {
            var (count, error) = await ReadAsync(answer.GetMemory(ReadBytes));
            if (error is not null || count == 0)
            {
                return error;
            }

            answer.Advance(count);
            if (answer.Length > limit)
            {
                return new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol);
            }
        }
    }

    /// <summary>Ends it now, whatever it waits for; what waits sees a timeout.</summary>
    public void Cut() => _deadline.Cut();

    public void Dispose()
    {
        _onCallerGone.Dispose();
        _response?.Dispose();
        _deadline.Dispose();
    }

    private static string? FirstOf(HeaderStringValues values)
    {
        foreach (var value in values)
        {
            return value;
        }

        return null;
    }

    private int Began(int count)
    {
        _bodyBegan |= count > 0;
        return count;
    }

    private UpstreamStage BodyStage => _bodyBegan ? UpstreamStage.Body : UpstreamStage.FirstByte;

    // From the beginning of the attempt: the head of an answer is not its first byte.
    private TimeSpan FirstByteLeft => _firstByteTimeout - Elapsed;

    // A provider that saw nothing of the request cannot bill it.
    private static UpstreamStage StageOf(RequestContent content) =>
        content.WasSent ? UpstreamStage.FirstByte : UpstreamStage.Connect;

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

        _deadline.Set(wait);
    }

    private void OnCallerGone()
    {
        Volatile.Write(ref _callerGoneAt, _clock.GetTimestamp());
        var left = _provider.Timeout - Elapsed;
        var wait = left < _drainTimeout ? left : _drainTimeout;
        _deadline.Set(wait);
    }
}
