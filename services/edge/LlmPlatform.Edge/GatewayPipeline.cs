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
    HedgedStart hedged,
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
                refusal = await ServeAsync(call);
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

    // Admits the call, then tries every candidate in turn, until one has begun to answer; null once the answer is with
    // the caller. All in one method: each that waits inside another one costs a call its frame.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GatewayError?> ServeAsync(GatewayCall call)
    {
        var refusal = streams.Take(call)
            ?? routing.Plan(call)
            ?? await responses.BindAsync(call)
            ?? await admission.AdmitAsync(call);
        if (refusal is not null)
        {
            return refusal;
        }

        using var underway = callsUnderway.Add(call);
        if (call.Api.IsFree)
        {
            return await counter.AnswerAsync(call);
        }

        await call.LeaveSocketAsync();
        var walk = new CandidateWalk(call, failover, attempts.MaxAttempts, clock);
        GatewayError? cannot = null;
        while (await walk.NextAsync() is { } turn)
        {
            using var attempt = new Attempt(call, turn);
            if (!attempts.Prepare(attempt, out refusal))
            {
                cannot ??= refusal;
                walk.Skipped(refusal is null ? "not_configured" : "not_served");
                continue;
            }

            if (!attempts.Open(attempt, walk.Left))
            {
                return GatewayError.AccountingUnavailable("Usage cannot be kept right now, so no call is made.");
            }

            // One candidate, or two where the first takes unusually long.
            var began = attempt;
            UpstreamError? error;
            if (turn.Candidate.Model.Hedging is { } hedging)
            {
                (began, error) = await hedged.BeginAsync(attempt, walk, hedging);
            }
            else
            {
                error = await attempts.BeginAsync(attempt);
                call.UpstreamTime += attempt.Upstream.Waited;
            }

            if (error is null)
            {
                began.Turn.Began(began.Upstream);
                await (began.Relay is { } relay ? StreamAsync(began, relay) : AnswerAsync(began));
                return null;
            }

            var (isOver, said) = await GiveUpAsync(began, walk, error);
            if (isOver)
            {
                return said;
            }
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

    // The call is over once the provider's refusal is with the caller; a refusal that is not is still to be said.
    private async ValueTask<(bool IsOver, GatewayError? Refusal)> GiveUpAsync(
        Attempt attempt, CandidateWalk walk, UpstreamError error)
    {
        var (call, upstream) = (attempt.Call, attempt.Upstream);
        attempt.Turn.Failed(error, upstream);
        var goesOn = !upstream.CallerGone && walk.GoesOnAfter(error, attempt.Candidate);
        await settlement.CloseFailedAsync(call, attempt.Open, upstream, error, isLast: !goesOn);
        if (error.Fault is { IsOfRequest: true } fault)
        {
            if (!goesOn)
            {
                return (true, walk.Refusal ?? await PassRefusalOnAsync(attempt, error));
            }

            walk.Refusal ??= GatewayError.OfRequest(fault, call.Request!.Model, MayShow(attempt));
        }

        walk.Failed(error, attempt.Candidate);
        return (false, null);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask StreamAsync(Attempt attempt, StreamRelay relay)
    {
        var (call, open, upstream, passage) = (attempt.Call, attempt.Open, attempt.Upstream, relay.Passage);
        Serve(attempt, passage.ProviderRequestId);
        ResponseHeaders.WriteStream(call, open.Candidate);
        call.Stream = relay;
        var callerGone = call.OutputGone;
        var settler = new StreamSettlement(settlement, call, open, upstream, passage);
        var error = await relay.RunAsync(settler, callerGone);
        call.ErrorCode = passage.SawError ? GatewayError.UpstreamFailed(call.Request!.Model).Code : call.ErrorCode;
        if (error is not null && call.Growing is { IsOver: true, Refusal: { } refusal })
        {
            error = new UpstreamError(UpstreamStage.Body, UpstreamCause.BudgetSpent);
            await settlement.CloseStreamedAsync(call, open, upstream, passage, error);
            (call.ErrorCode, call.RefusedBudget) = (refusal.Code, call.Growing.RefusedBudget);
            await relay.EndWithErrorAsync(refusal, callerGone);
        }
        else if (error is not null)
        {
            attempt.Turn.Failed(error, upstream);
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
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AnswerAsync(Attempt attempt)
    {
        var (call, facts) = (attempt.Call, attempt.Facts);
        Serve(attempt, facts.ProviderRequestId);
        await settlement.CloseAnsweredAsync(call, attempt.Open, attempt.Upstream, facts);
        var said = attempt.Prepared.Exchange.PassesThrough ? attempt.Answer! : attempt.Translated!;
        ResponseHeaders.WriteAnswer(call, attempt.Candidate, said.Length);
        call.TimeToFirstToken = call.Elapsed;
        await call.SayAsync(said.Memory);
    }

    // What the provider says about the caller's own request (a bad parameter, a prompt too long) is for the caller to
    // read, in the provider's bytes where they speak the same protocol. What is no error object of it, such as a
    // proxy's page, is not; nor is what names our credential or where the provider stands.
    private static async Task<GatewayError?> PassRefusalOnAsync(Attempt attempt, UpstreamError error)
    {
        var (call, fault, mayShow) = (attempt.Call, error.Fault!, MayShow(attempt));
        if (!mayShow || fault.Message.Length == 0 || !attempt.Prepared.Exchange.PassesThrough
            || attempt.Refusal is not { Length: > 0 } refusal)
        {
            return GatewayError.OfRequest(fault, call.Request!.Model, mayShow);
        }

        call.ErrorCode = "upstream_refused";
        call.Served = attempt.Candidate;
        ResponseHeaders.WriteRefusal(call, attempt.Candidate, error.Status!.Value, refusal.Length);
        await call.SayAsync(refusal.Memory);
        return null;
    }

    private static bool MayShow(Attempt attempt) =>
        attempt.Refusal is not { } refusal || !attempt.Prepared.Adapter.Reveals(refusal.Span);

    private void Serve(Attempt attempt, string? providerRequestId)
    {
        var (call, candidate) = (attempt.Call, attempt.Candidate);
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
}
