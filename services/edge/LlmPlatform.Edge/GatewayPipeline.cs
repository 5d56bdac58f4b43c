using LlmPlatform.Contracts.Requests;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.ChatCompletions;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Router.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge;

/// <summary>
/// The path of a chat request, top to bottom: authenticate, read, plan, admit, then one candidate after another until
/// one begins to answer. It owns every branch; the steps return values and do not call each other. However a call ends,
/// its usage and its completion are written to the spool.
/// </summary>
internal sealed partial class GatewayPipeline(
    Authentication authentication,
    RequestReader reader,
    RoutingTable routing,
    AdmissionDesk admission,
    AttemptDesk attempts,
    CallsUnderway callsUnderway,
    UsageSpool spool,
    GatewayMetrics metrics,
    TimeProvider clock,
    ILogger<GatewayPipeline> logger)
{
    public async Task RunAsync(HttpContext http)
    {
        using var call = new GatewayCall(http, "/v1/chat/completions", "chat.completions", clock);
        http.Response.Headers["X-Request-Id"] = call.RequestId.ToString();
        metrics.Begin(call);
        try
        {
            var refusal = await authentication.IdentifyAsync(call)
                ?? await reader.ReadAsync(call)
                ?? routing.Plan(call)
                ?? await admission.AdmitAsync(call);
            if (refusal is null)
            {
                using (callsUnderway.Add(call))
                {
                    refusal = await ServeAsync(call);
                }
            }

            if (refusal is not null)
            {
                await RefuseAsync(call, refusal);
            }
        }
        catch (Exception fault)
        {
            await FailAsync(call, fault);
        }
        finally
        {
            await SettleAsync(call);
        }
    }

    // Every candidate in turn, until one has begun to answer; null once the answer is with the caller.
    private async Task<GatewayError?> ServeAsync(GatewayCall call)
    {
        UpstreamError? lastError = null;
        var count = Math.Min(call.Candidates.Count, attempts.MaxAttempts);
        for (var i = 0; i < count; i++)
        {
            if (call.Http.RequestAborted.IsCancellationRequested)
            {
                return GatewayError.ClientDisconnected();
            }

            var candidate = call.Candidates[i];
            var open = await attempts.OpenAsync(call, candidate);
            if (open is null)
            {
                return GatewayError.AccountingUnavailable("Usage cannot be kept right now, so no call is made.");
            }

            using var upstream = attempts.Connect(call, open);
            var error = await attempts.SendAsync(call, open, upstream)
                ?? (call.Request!.Stream && !upstream.IsJson
                    ? await StreamAsync(call, open, upstream)
                    : await AnswerAsync(call, open, upstream));
            if (error is null)
            {
                return null;
            }

            var isCallersFault =
                error is { Stage: UpstreamStage.Refused, Status: { } status } && IsCallersFault(status);
            var isLast = isCallersFault || i == count - 1 || upstream.CallerGone;
            await attempts.CloseFailedAsync(call, open, upstream, error, isLast);
            if (isCallersFault)
            {
                return await PassRefusalOnAsync(call, candidate, upstream, error);
            }

            lastError = error;
            call.FallbackReason ??= error.Outcome;
        }

        return Unserved(call, lastError);
    }

    private async Task<UpstreamError?> StreamAsync(GatewayCall call, OpenAttempt open, UpstreamAttempt upstream)
    {
        var showUsage = call.Request!.IncludeUsage;
        using var relay = new ChatStreamRelay(
            upstream, call.Http.Response.BodyWriter, open, showUsage, attempts.MaxEventBytes);
        if (await attempts.ReadFirstAsync(call, relay) is { } early)
        {
            return early;
        }

        Serve(call, open.Candidate);
        ResponseHeaders.WriteStream(call, open.Candidate);
        var callerGone = call.Http.RequestAborted;
        var error = await relay.RunAsync(
            () => attempts.CloseStreamedAsync(call, open, upstream, relay, error: null),
            () => call.TimeToFirstToken = call.Elapsed,
            callerGone);
        call.ErrorCode = relay.SawError ? GatewayError.UpstreamFailed(call.Request.Model).Code : call.ErrorCode;
        if (error is not null)
        {
            await attempts.CloseStreamedAsync(call, open, upstream, relay, error);
            var said = Unserved(call, error);
            call.ErrorCode = said.Code;
            await relay.EndWithAsync(OpenAiErrorWriter.Event(said), callerGone);
        }

        call.ErrorCode = upstream.CallerGone ? GatewayError.ClientDisconnected().Code : call.ErrorCode;
        call.ResponseBytes = relay.BytesOut;
        return null;
    }

    private async Task<UpstreamError?> AnswerAsync(GatewayCall call, OpenAttempt open, UpstreamAttempt upstream)
    {
        using var answer = new PooledBuffer(4096);
        if (await attempts.ReadAnswerAsync(call, upstream, answer) is { } error)
        {
            return error;
        }

        Serve(call, open.Candidate);
        await attempts.CloseAnsweredAsync(call, open, upstream, answer.Memory);
        ResponseHeaders.WriteAnswer(call, open.Candidate, answer.Length);
        call.ResponseBytes = answer.Length;
        call.TimeToFirstToken = call.Elapsed;
        await call.Http.Response.Body.WriteAsync(answer.Memory, call.Http.RequestAborted);
        return null;
    }

    // What the provider says about the caller's own request (a bad parameter, a prompt too long) is for the caller to
    // read; what is no error object, such as a proxy's page, is not.
    private static async Task<GatewayError?> PassRefusalOnAsync(
        GatewayCall call, RouteCandidate candidate, UpstreamAttempt upstream, UpstreamError error)
    {
        var status = error.Status!.Value;
        using var answer = new PooledBuffer(4096);
        if (await AttemptDesk.ReadRefusalAsync(upstream, answer) is not null
            || ChatChunk.Read(answer.Span, wantsId: false) is not { IsObject: true, IsError: true })
        {
            return GatewayError.UpstreamRefused(status, call.Request!.Model);
        }

        call.ErrorCode = "upstream_refused";
        call.Served = candidate;
        ResponseHeaders.WriteRefusal(call, candidate, status, answer.Length);
        call.ResponseBytes = answer.Length;
        await call.Http.Response.Body.WriteAsync(answer.Memory, call.Http.RequestAborted);
        return null;
    }

    private void Serve(GatewayCall call, RouteCandidate candidate)
    {
        call.Served = candidate;
        call.ReleaseBody();
        if (!ReferenceEquals(candidate, call.Candidates[0]))
        {
            metrics.FellBack(call.Candidates[0], candidate, call.FallbackReason ?? "unknown");
        }
    }

    // Of the statuses that speak of the request, these are about what we made of it: our credential (401, 403, 407),
    // our account (402), our address and model name (404, 405), its own load (408, 409, 425, 429). Another candidate
    // may do.
    private static bool IsCallersFault(int status) =>
        status is >= 400 and < 500 and not (401 or 402 or 403 or 404 or 405 or 407 or 408 or 409 or 425 or 429);

    private static GatewayError Unserved(GatewayCall call, UpstreamError? error) => error switch
    {
        null or { Stage: UpstreamStage.Connect } or { Status: 429 or 503 or 529 } =>
            GatewayError.UpstreamUnavailable(call.Request!.Model, error?.RetryAfter),
        { Cause: UpstreamCause.Timeout } => GatewayError.UpstreamTimeout(call.Request!.Model),
        _ => GatewayError.UpstreamFailed(call.Request!.Model),
    };

    private static async Task RefuseAsync(GatewayCall call, GatewayError refusal)
    {
        call.Refusal = refusal;
        call.ErrorCode = refusal.Code;
        ResponseHeaders.WriteRateLimits(call);
        call.ResponseBytes = await OpenAiErrorWriter.WriteAsync(call.Http.Response, refusal);
    }

    private async Task FailAsync(GatewayCall call, Exception fault)
    {
        var error = call.Http.RequestAborted.IsCancellationRequested
            ? GatewayError.ClientDisconnected()
            : GatewayError.Internal();
        call.ErrorCode = error.Code;
        if (error.Status == GatewayError.Internal().Status)
        {
            Failed(call.RequestId, fault);
        }

        if (call.Http.Response.HasStarted)
        {
            call.Http.Abort();
            return;
        }

        call.Http.Response.Clear();
        call.Http.Response.Headers["X-Request-Id"] = call.RequestId.ToString();
        await OpenAiErrorWriter.WriteAsync(call.Http.Response, error);
    }

    private async Task SettleAsync(GatewayCall call)
    {
        try
        {
            await attempts.CloseAbandonedAsync(call);
        }
        finally
        {
            RequestCompleted completed = call.Completion();
            metrics.Complete(call, completed);
            await spool.RecordCompletionAsync(completed, call.IsAdmitted);
        }
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed inside the gateway")]
    private partial void Failed(Guid requestId, Exception fault);
}
