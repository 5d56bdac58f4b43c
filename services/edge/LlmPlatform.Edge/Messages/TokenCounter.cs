using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Relay;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Messages;

/// <summary>
/// Answers how many tokens a request has: by the first candidate whose provider counts, else by our own estimate, and
/// then says so in a header. Nothing of it is billed, so nothing of it is written before it is sent.
/// </summary>
internal sealed class TokenCounter(AttemptDesk attempts, TokenEstimator estimator, GatewayMetrics metrics)
{
    /// <summary>Says who counted: <c>provider</c> or <c>estimate</c>.</summary>
    public const string SourceHeader = "X-Token-Count";

    /// <summary>Answers the call; a refusal is what a provider says of the caller's own request.</summary>
    public async ValueTask<GatewayError?> AnswerAsync(GatewayCall call)
    {
        foreach (var candidate in call.Candidates.Take(attempts.MaxAttempts))
        {
            using var prepared = attempts.Prepare(call, candidate, out _);
            if (prepared is null)
            {
                continue;
            }

            using var upstream = attempts.Connect(call, candidate);
            using var answer = new PooledBuffer(1024);
            using var translated = new PooledBuffer(64);
            var error = await AskAsync(call, prepared, upstream, answer, translated);
            call.UpstreamTime += upstream.Waited;
            Note(call, candidate, upstream, error);
            if (error is null)
            {
                call.Served = candidate;
                await WriteAsync(call, prepared.Exchange.PassesThrough ? answer : translated, "provider");
                return null;
            }

            if (error.Fault is { IsOfRequest: true } fault)
            {
                return GatewayError.OfRequest(
                    fault, call.Request!.Model, mayShow: !prepared.Adapter.Reveals(answer.Span));
            }
        }

        await EstimateAsync(call);
        return null;
    }

    private async ValueTask<UpstreamError?> AskAsync(
        GatewayCall call,
        PreparedCall prepared,
        UpstreamAttempt upstream,
        PooledBuffer answer,
        PooledBuffer translated)
    {
        var error = await AttemptDesk.SendAsync(call, call.Attempts.Count + 1, prepared, upstream);
        if (error is { Cause: UpstreamCause.Status })
        {
            return await AttemptDesk.ReadFaultAsync(prepared.Adapter, upstream, error, answer);
        }

        return error
            ?? (await attempts.ReadAnswerAsync(prepared.Exchange, upstream, answer, translated)).Error;
    }

    private async ValueTask EstimateAsync(GatewayCall call)
    {
        var candidate = call.Candidates[0];
        var sku = DeploymentSku.Of(candidate);
        var media = MediaInBody.Of(call.Body!.Span);
        var tokens = estimator.Input(sku, call.RequestBytes - media.Bytes) + media.Tokens;
        using var answer = new PooledBuffer(64);
        TokenCountExchange.Write(tokens, answer);
        await WriteAsync(call, answer, "estimate");
    }

    private static async ValueTask WriteAsync(GatewayCall call, PooledBuffer answer, string source)
    {
        var response = call.Http.Response;
        response.Headers[SourceHeader] = source;
        if (call.Served is { } served)
        {
            ResponseHeaders.WriteAnswer(call, served, answer.Length);
        }
        else
        {
            response.ContentType = "application/json";
            response.ContentLength = answer.Length;
            ResponseHeaders.WriteRateLimits(call);
        }

        await call.SayAsync(answer.Memory);
    }

    private void Note(GatewayCall call, RouteCandidate candidate, UpstreamAttempt upstream, UpstreamError? error)
    {
        var outcome = error?.Outcome ?? UsageOutcomes.Completed;
        call.AddAttempt(new AttemptSummary
        {
            Attempt = call.Attempts.Count + 1,
            Provider = candidate.Provider.Name,
            ProviderModel = candidate.Deployment.Model,
            Outcome = outcome,
            Status = error?.Status,
            Duration = upstream.Elapsed,
        });
        metrics.Tried(candidate, outcome);
    }
}
