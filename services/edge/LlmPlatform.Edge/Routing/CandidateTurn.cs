using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// One attempt on one candidate, as its deployment learns of it: what came of it decides whether others are sent there.
/// </summary>
internal sealed class CandidateTurn(
    GatewayCall call, RouteCandidate candidate, bool isTrial, FailoverOptions options, TimeProvider clock)
    : IDisposable
{
    private bool _isTrial = isTrial;

    public RouteCandidate Candidate { get; } = candidate;

    private CircuitSettings Circuit => new(Candidate.Provider.CircuitFailures, Candidate.Provider.CircuitRecovery);

    /// <summary>It began to answer.</summary>
    public void Began(UpstreamAttempt upstream)
    {
        _isTrial = false;
        var now = clock.RouteTicks();
        Candidate.Signals.Succeeded(now, upstream.Elapsed, call.Request!.Stream);
        if (Candidate.Model.Hedging is { } hedging)
        {
            Candidate.Signals.Hedging.Observe(upstream.Elapsed, call.Request.Stream, hedging.Percent);
        }

        HeedAllowance(upstream, now);
    }

    /// <summary>It was waited for so long that another was asked, which was quicker.</summary>
    public void Outpaced(UpstreamAttempt upstream)
    {
        var (waited, isStream) = (upstream.Elapsed, call.Request!.Stream);
        Candidate.Signals.Outpaced(clock.RouteTicks(), waited, isStream);
        Candidate.Signals.Hedging.Observe(waited, isStream, Candidate.Model.Hedging!.Percent);
    }

    /// <summary>It failed, before it began to answer or after.</summary>
    public void Failed(UpstreamError error, UpstreamAttempt upstream)
    {
        // What ends because its caller left says nothing about the provider.
        if (upstream.CallerGone)
        {
            return;
        }

        _isTrial = false;
        var now = clock.RouteTicks();
        if (error.Fault is { IsOfRequest: true })
        {
            Candidate.Signals.Answered();
        }
        else if (error is { Status: 429 } or { Fault.Kind: ProviderFaultKind.RateLimited })
        {
            Candidate.Signals.Answered();
            LeaveAlone(error.RetryAfter, now);
        }
        else if (error is { Fault.Kind: ProviderFaultKind.QuotaExhausted })
        {
            Candidate.Signals.Avoid(now + options.ExhaustedCooldown.Ticks);
        }
        else
        {
            Candidate.Signals.Failed(now, Circuit);
            if (error.RetryAfter is not null)
            {
                LeaveAlone(error.RetryAfter, now);
            }
        }

        HeedAllowance(upstream, now);
    }

    public void Dispose()
    {
        if (_isTrial)
        {
            Candidate.Signals.GiveUpTrial();
        }

        Candidate.Signals.Leave();
    }

    private void LeaveAlone(TimeSpan? retryAfter, long now)
    {
        if (retryAfter is not { } wait)
        {
            Candidate.Signals.Avoid(now + options.UsualCooldown.Ticks);
        }
        else if (wait > TimeSpan.Zero)
        {
            Candidate.Signals.Cool(now + Math.Min(wait.Ticks, options.MaxCooldown.Ticks));
        }
    }

    // A limit that is about to be reached: others are preferred before it refuses.
    private void HeedAllowance(UpstreamAttempt upstream, long now)
    {
        if (upstream.AnswerHeaders is { } headers
            && ProviderAllowance.WaitFor(
                headers,
                Candidate.Signals.InFlight,
                call.InputTokensEstimate + call.OutputTokensBound,
                clock.GetUtcNow()) is { } wait)
        {
            Candidate.Signals.Avoid(now + Math.Min(wait.Ticks, options.MaxCooldown.Ticks));
        }
    }
}
