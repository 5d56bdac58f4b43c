using System.Runtime.CompilerServices;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Guardrails;
using LlmPlatform.Edge.Idempotency;
using LlmPlatform.Edge.Identity;
using LlmPlatform.Edge.Messages;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Edge.Responses;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Edge.Tags;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge;

/// <summary>
/// The path of a request, top to bottom, whatever its protocol: authenticate, read, plan, admit, then one candidate
/// after another until one begins to answer. It owns every branch; the steps return values and do not call each other.
/// However a call ends, its usage and its completion are written to the spool.
/// </summary>
internal sealed class GatewayPipeline(
    Authentication authentication,
    RequestReader reader,
    PromptLength promptLength,
    IdempotencyDesk idempotency,
    StreamSlots streams,
    RoutingTable routing,
    AdmissionDesk admission,
    AttemptDesk attempts,
    AttemptSettlement settlement,
    TokenCounter counter,
    ResponseBindings responses,
    CallsUnderway callsUnderway,
    FailoverOptions failover,
    CallEnding ending,
    GatewayMetrics metrics,
    TimeProvider clock)
{
    public async Task RunAsync(HttpContext http, PublicApi api)
    {
        using var call = new GatewayCall(http, api, clock);
        ResponseHeaders.WriteRequestId(call);
        metrics.Begin(call);
        try
        {
            var refusal = await authentication.IdentifyAsync(call)
                ?? CallTags.Read(call)
                ?? await reader.ReadAsync(call)
                ?? promptLength.Check(call)
                ?? await idempotency.BeginAsync(call);
            if (refusal is null && !call.IsAnswered)
            {
                refusal = await RunAsync(call);
            }

            if (refusal is not null)
            {
                await CallEnding.RefuseAsync(call, refusal);
            }
        }
        catch (Exception fault)
        {
            await ending.FailAsync(call, fault);
        }
        finally
        {
            await ending.SettleAsync(call);
            responses.KeepUsage(call);
            await idempotency.EndAsync(call);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GatewayError?> RunAsync(GatewayCall call)
    {
        var refusal = streams.Take(call)
            ?? routing.Plan(call)
            ?? await responses.BindAsync(call)
            ?? await admission.AdmitAsync(call);
        if (refusal is not null)
        {
            return refusal;
        }

        using (callsUnderway.Add(call))
        {
            return call.Api.IsFree ? await counter.AnswerAsync(call) : await ServeAsync(call);
        }
    }

    // Every candidate in turn, until one has begun to answer; null once the answer is with the caller.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GatewayError?> ServeAsync(GatewayCall call)
    {
        await call.LeaveSocketAsync();
        var walk = new CandidateWalk(call, failover, attempts.MaxAttempts, clock);
        GatewayError? cannot = null;
        while (await walk.NextAsync() is { } next)
        {
            using var turn = next;
            using var prepared = attempts.Prepare(call, turn.Candidate, out var refusal);
            if (prepared is null)
            {
                cannot ??= refusal;
                walk.Skipped(refusal is null ? "not_configured" : "not_served");
                continue;
            }

            if (await attempts.OpenAsync(call, turn.Candidate) is not { } open)
            {
                return GatewayError.AccountingUnavailable("Usage cannot be kept right now, so no call is made.");
            }

            using var upstream = attempts.Connect(call, turn.Candidate, walk.Left);
            var (served, error) = await TryAsync(new Attempt(call, open, prepared, upstream, turn, walk));
            if (error is null)
            {
                return served;
            }

            walk.Failed(error, turn.Candidate);
        }

        return call.Http.RequestAborted.IsCancellationRequested ? GatewayError.ClientDisconnected()
            : Unserved(call, walk, cannot);
    }

    private static GatewayError Unserved(GatewayCall call, CandidateWalk walk, GatewayError? cannot)
    {
        var model = call.Request!.Model;
        return walk switch
        {
            { Refusal: { } refusal } => refusal,
            { LastError: { } error } => GatewayError.Unserved(error, model),
            { Blocked: { } wait } when cannot is null => call.FallbackReason == "circuit_open"
                ? GatewayError.CircuitOpen(model, wait)
                : GatewayError.UpstreamUnavailable(model, wait),
            _ => cannot ?? GatewayError.Unserved(null, model),
        };
    }

    // One candidate. Without an error the call is over: the answer, or the provider's refusal, is with the caller.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(GatewayError? Refusal, UpstreamError? Error)> TryAsync(Attempt attempt)
    {
        var (call, open, prepared, upstream, turn, walk) = attempt;
        using var refusal = new PooledBuffer(1024);
        var error = await attempts.SendAsync(call, open.Number, prepared, upstream);
        if (error is { Cause: UpstreamCause.Status })
        {
            error = await AttemptDesk.ReadFaultAsync(prepared.Adapter, upstream, error, refusal);
        }

        error ??= call.Request!.Stream && !upstream.IsJson
            ? await StreamAsync(attempt)
            : await AnswerAsync(attempt);
        if (error is null)
        {
            return default;
        }

        turn.Failed(error, upstream);
        var goesOn = !upstream.CallerGone && walk.GoesOnAfter(error, turn.Candidate);
        await settlement.CloseFailedAsync(call, open, upstream, error, isLast: !goesOn);
        if (error.Fault is not { IsOfRequest: true } fault)
        {
            return (null, error);
        }

        if (!goesOn)
        {
            return (walk.Refusal ?? await PassRefusalOnAsync(attempt, error, refusal), null);
        }

        var mayShow = !prepared.Client.Adapter.Reveals(refusal.Span);
        walk.Refusal ??= GatewayError.OfRequest(fault, call.Request!.Model, mayShow);
        return (null, error);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamError?> StreamAsync(Attempt attempt)
    {
        var (call, open, prepared, upstream, turn, _) = attempt;
        var passage = prepared.Exchange.OpenStream();
        using var relay = new StreamRelay(upstream, passage, call.Output, attempts.MaxEventBytes, clock);
        if (await attempts.ReadFirstAsync(call, relay) is { } early)
        {
            return early;
        }

        turn.Began(upstream);
        Serve(attempt, passage.ProviderRequestId);
        ResponseHeaders.WriteStream(call, open.Candidate);
        call.Stream = relay;
        var callerGone = call.OutputGone;
        var settler = new StreamSettlement(settlement, call, open, upstream, passage);
        var error = await relay.RunAsync(settler, callerGone);
        call.ErrorCode = passage.SawError ? GatewayError.UpstreamFailed(call.Request!.Model).Code : call.ErrorCode;
        if (error is not null)
        {
            turn.Failed(error, upstream);
            await settlement.CloseStreamedAsync(call, open, upstream, passage, error);
            var said = GatewayError.Unserved(error, call.Request!.Model);
            call.ErrorCode = said.Code;
            await relay.EndWithErrorAsync(said, callerGone);
        }
        else if (!passage.SawError)
        {
            call.Recording?.MarkWhole();
        }

        call.ErrorCode = upstream.CallerGone ? GatewayError.ClientDisconnected().Code : call.ErrorCode;
        call.ResponseBytes = relay.BytesOut;
        call.Stream = null;
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<UpstreamError?> AnswerAsync(Attempt attempt)
    {
        var (call, open, prepared, upstream, turn, _) = attempt;
        using var answer = new PooledBuffer(4096);
        using var translated = new PooledBuffer(prepared.Exchange.PassesThrough ? 1 : 4096);
        var (facts, error) = await attempts.ReadAnswerAsync(call, prepared.Exchange, upstream, answer, translated);
        if (error is not null)
        {
            return error;
        }

        turn.Began(upstream);
        Serve(attempt, facts.ProviderRequestId);
        await settlement.CloseAnsweredAsync(call, open, upstream, facts);
        var said = prepared.Exchange.PassesThrough ? answer : translated;
        ResponseHeaders.WriteAnswer(call, open.Candidate, said.Length);
        call.TimeToFirstToken = call.Elapsed;
        await call.SayAsync(said.Memory);
        return null;
    }

    // What the provider says about the caller's own request (a bad parameter, a prompt too long) is for the caller to
    // read, in the provider's bytes where they speak the same protocol. What is no error object of it, such as a
    // proxy's page, is not; nor is what names our credential or where the provider stands.
    private static async Task<GatewayError?> PassRefusalOnAsync(
        Attempt attempt, UpstreamError error, PooledBuffer refusal)
    {
        var (call, open, prepared, _, _, _) = attempt;
        var fault = error.Fault!;
        var mayShow = !prepared.Adapter.Reveals(refusal.Span);
        if (!mayShow || fault.Message.Length == 0 || refusal.Length == 0 || !prepared.Exchange.PassesThrough)
        {
            return GatewayError.OfRequest(fault, call.Request!.Model, mayShow);
        }

        call.ErrorCode = "upstream_refused";
        call.Served = open.Candidate;
        ResponseHeaders.WriteRefusal(call, open.Candidate, error.Status!.Value, refusal.Length);
        await call.SayAsync(refusal.Memory);
        return null;
    }

    private void Serve(Attempt attempt, string? providerRequestId)
    {
        var (call, candidate) = (attempt.Call, attempt.Open.Candidate);
        call.Served = candidate;
        call.ReleaseBody();
        if (attempt.Prepared.Exchange.PassesThrough)
        {
            responses.Keep(call, candidate, providerRequestId);
        }

        if (candidate.Model.Name != call.PlannedModel)
        {
            call.FallbackReason ??= "unavailable";
        }

        if (!ReferenceEquals(candidate, call.Candidates[0]))
        {
            metrics.FellBack(call.Candidates[0], candidate, call.FallbackReason ?? "unknown");
        }
    }

    /// <summary>One candidate's turn.</summary>
    private readonly record struct Attempt(
        GatewayCall Call,
        OpenAttempt Open,
        PreparedCall Prepared,
        UpstreamAttempt Upstream,
        CandidateTurn Turn,
        CandidateWalk Walk);
}
