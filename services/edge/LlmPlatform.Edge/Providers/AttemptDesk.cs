using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Providers;

/// <summary>
/// Prepares, opens and sends attempts. An attempt is opened by an intent in the spool before anything is sent; it is
/// closed by <see cref="AttemptSettlement"/>.
/// </summary>
internal sealed class AttemptDesk(
    UpstreamClients clients, UsageSpool spool, UpstreamOptions options, TimeProvider clock)
{
    private const int MaxRefusalBytes = 64 * 1024;

    private const string AbortOnDisconnect = "abort";

    // See UsageRecorded.EventVersion: what is billed when the edge dies now.
    private const int EstimateVersion = 1;

    public int MaxAttempts => options.MaxAttempts;

    /// <summary>Writes what will be sent to a candidate, in its own protocol.</summary>
    /// <param name="call">The call.</param>
    /// <param name="candidate">Where it may go.</param>
    /// <param name="refusal">Why it cannot go there, when it is this call that cannot.</param>
    /// <returns>Null when the candidate cannot be called.</returns>
    public PreparedCall? Prepare(GatewayCall call, RouteCandidate candidate, out GatewayError? refusal)
    {
        refusal = null;
        if (clients.For(candidate.Provider) is not { } client)
        {
            return null;
        }

        var adapter = client.Adapter.For(candidate.Deployment.Model);
        if (adapter.WireFor(call.Api.Wire) is not { } wire)
        {
            refusal = GatewayError.NotServed(candidate.Model.Name, call.Api.Route);
            return null;
        }

        var target = new UpstreamTarget(adapter, candidate, wire, call.Api.Wire, call.Request!.Stream)
        {
            OutputBound = call.OutputBoundToSend,
        };
        var exchange = wire == call.Api.Wire ? call.Api.PassThrough(call, target) : call.Api.Translate(call, target);
        var body = new PooledBuffer(call.Body!.Length + 256);
        try
        {
            exchange.WriteRequest(body);
            return new PreparedCall(client, exchange, body);
        }
        catch (TranslationException cannot)
        {
            body.Dispose();
            refusal = GatewayError.InvalidRequest(cannot.Message, cannot.Param);
            return null;
        }
    }

    /// <summary>The same for an attempt; false when its candidate cannot be called.</summary>
    public bool Prepare(Attempt attempt, out GatewayError? refusal)
    {
        if (Prepare(attempt.Call, attempt.Candidate, out refusal) is not { } prepared)
        {
            return false;
        }

        attempt.Prepared = prepared;
        return true;
    }

    /// <summary>Writes the intent; false when the spool cannot take it, and then nothing may be sent.</summary>
    /// <param name="attempt">Prepared.</param>
    /// <param name="answerWithin">Until the answer must have begun, where the provider leaves longer.</param>
    public bool Open(Attempt attempt, TimeSpan answerWithin)
    {
        var (call, candidate) = (attempt.Call, attempt.Candidate);
        var number = call.Attempts.Count + (call.Open is null ? 1 : 2);
        var sku = DeploymentSku.Of(candidate);
        var price = call.Prices.Find(sku, call.OccurredAt);
        var open = new OpenAttempt(call.RequestId, number, candidate, sku, price);
        var estimate = new AttemptFigures
        {
            EventVersion = EstimateVersion,
            RecordedAt = clock.GetUtcNow(),
            Outcome = UsageOutcomes.Recovered,
            UsageSource = UsageSources.RecoveredEstimate,
            InputEstimate = call.InputTokensEstimate,
            Region = open.Region,
        };
        try
        {
            spool.RecordIntent(call, open, in estimate);
        }
        catch (SpoolUnavailableException)
        {
            return false;
        }

        attempt.Open = open;
        attempt.Upstream = Connect(call, candidate, answerWithin);
        call.Opened(open);
        return true;
    }

    /// <summary>
    /// Sends it and reads until the answer begins: an event of a stream that says something, or the whole of what is
    /// not streamed. Nothing of it has reached the caller then, and another may serve.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<UpstreamError?> BeginAsync(Attempt attempt)
    {
        var (call, prepared, upstream) = (attempt.Call, attempt.Prepared, attempt.Upstream);
        var error = await SendAsync(call, attempt.Open.Number, prepared, upstream);
        if (error is { Cause: UpstreamCause.Status })
        {
            attempt.Refusal = new PooledBuffer(1024);
            return await ReadFaultAsync(prepared.Adapter, upstream, error, attempt.Refusal);
        }

        if (error is not null)
        {
            return error;
        }

        if (attempt.IsStream)
        {
            var passage = prepared.Exchange.OpenStream();
            attempt.Relay = new StreamRelay(upstream, passage, call.Output, options.MaxEventBytes, clock);
            return await ReadFirstAsync(upstream, attempt.Relay);
        }

        attempt.Answer = new PooledBuffer(4096);
        attempt.Translated = prepared.Exchange.PassesThrough ? null : new PooledBuffer(4096);
        (attempt.Facts, error) = await ReadAnswerAsync(
            prepared.Exchange, upstream, attempt.Answer, attempt.Translated ?? attempt.Answer);
        return error;
    }

    /// <summary>
    /// The exchange with a provider. A stream whose model says so is cut when its caller leaves; all else is read on,
    /// because what is not streamed is produced, and billed, whole.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="candidate">Where it goes.</param>
    /// <param name="answerWithin">Until the answer must have begun, where the provider leaves longer.</param>
    public UpstreamAttempt Connect(GatewayCall call, RouteCandidate candidate, TimeSpan? answerWithin = null)
    {
        var isAborted = call.Request!.Stream && candidate.Model.OnDisconnect == AbortOnDisconnect;
        return new UpstreamAttempt(
            candidate.Provider,
            call.Request.Stream,
            clock,
            isAborted ? TimeSpan.Zero : options.DrainTimeout,
            call.Http.RequestAborted,
            answerWithin);
    }

    /// <summary>Sends the request; null once the provider has answered 200.</summary>
    /// <param name="call">The call.</param>
    /// <param name="number">Which attempt of it this is, from 1.</param>
    /// <param name="prepared">What is sent; given back.</param>
    /// <param name="upstream">The exchange.</param>
    public static ValueTask<UpstreamError?> SendAsync(
        GatewayCall call, int number, PreparedCall prepared, UpstreamAttempt upstream)
    {
        var content = new RequestContent(prepared.Body.Segment);
        var request = RequestOf(call, number, prepared, content);
        return upstream.SendAsync(
            prepared.Client.Invoker, request, content, prepared, call.Http.RequestAborted);
    }

    /// <summary>Reads what a provider says with an error status.</summary>
    /// <param name="adapter">Its words.</param>
    /// <param name="upstream">The exchange.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="body">Receives the provider's words.</param>
    public static async ValueTask<UpstreamError> ReadFaultAsync(
        ProviderAdapter adapter, UpstreamAttempt upstream, UpstreamError error, PooledBuffer body)
    {
        if ((await upstream.OpenBodyAsync() ?? await upstream.ReadAllAsync(body, MaxRefusalBytes)) is not null)
        {
            body.Consume(body.Length);
        }

        var fault = adapter.ReadFault(error.Status!.Value, upstream.Headers, body.Span);
        return error with { Fault = fault, RetryAfter = error.RetryAfter ?? fault.RetryAfter };
    }

    /// <summary>
    /// Reads a whole answer. One that is none is a fault: nothing of it has been sent, and another may serve.
    /// </summary>
    /// <param name="exchange">How it is spoken.</param>
    /// <param name="upstream">The exchange's bytes.</param>
    /// <param name="answer">Receives the provider's answer.</param>
    /// <param name="translated">Receives the caller's, where it is another.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(AnswerFacts Facts, UpstreamError? Error)> ReadAnswerAsync(
        Exchange exchange, UpstreamAttempt upstream, PooledBuffer answer, PooledBuffer translated)
    {
        var before = clock.GetTimestamp();
        var error = await upstream.ReadAllAsync(answer, options.MaxResponseBytes);
        upstream.Waited += clock.GetElapsedTime(before);
        if (error is not null)
        {
            return (default, error);
        }

        var facts = exchange.ReadAnswer(answer.Memory, translated);
        return facts switch
        {
            { Fault: { } fault } =>
                (facts, new UpstreamError(UpstreamStage.Refused, UpstreamCause.ErrorEvent) { Fault = fault }),
            { IsAnswer: false } => (facts, new UpstreamError(UpstreamStage.Body, UpstreamCause.Protocol)),
            _ => (facts, null),
        };
    }

    private async ValueTask<UpstreamError?> ReadFirstAsync(UpstreamAttempt upstream, StreamRelay relay)
    {
        var before = clock.GetTimestamp();
        var error = await relay.ReadFirstAsync(options.HoldOpening);
        upstream.Waited += clock.GetElapsedTime(before);
        return error;
    }

    // The provider sees the gateway's request id and the attempt: with them its own records can be matched to ours.
    private static HttpRequestMessage RequestOf(
        GatewayCall call, int number, PreparedCall prepared, RequestContent content)
    {
        var address = prepared.Adapter.AddressOf(prepared.Exchange.Target);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.TryAddWithoutValidation("X-Request-Id", call.RequestIdText);
        request.Headers.TryAddWithoutValidation("X-Attempt", number.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in prepared.Client.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (prepared.Exchange.PassesThrough)
        {
            PassHeaders(call, request);
        }

        return request;
    }

    // A header that is not ASCII is nothing its protocol knows, and no client sends it on.
    private static void PassHeaders(GatewayCall call, HttpRequestMessage request)
    {
        for (var i = 0; i < call.Api.PassedHeaders.Count; i++)
        {
            var name = call.Api.PassedHeaders[i];
            foreach (var value in call.Http.Request.Headers[name])
            {
                if (Ascii.IsValid(value))
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }
            }
        }
    }
}
