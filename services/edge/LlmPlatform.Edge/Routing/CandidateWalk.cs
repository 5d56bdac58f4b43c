using System.Globalization;
using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Translation;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge.Routing;

/// <summary>
/// Which candidate a call is sent to next. The deployments of a model in the order they were planned; some of them
/// again, after a wait drawn by chance; then its fallbacks. A prompt that is too long, or against the provider's
/// policy, goes on with the fallbacks for that and no others. It ends with the attempts, the deadline or the caller.
/// </summary>
internal sealed class CandidateWalk(GatewayCall call, FailoverOptions options, int maxAttempts, TimeProvider clock)
{
    private readonly IReadOnlyList<RouteCandidate> _candidates = call.Candidates;
    private List<RouteCandidate>? _repeatable;
    private FallbackKind _kind = call.Candidates[0].Kind;
    private int _at = -1;
    private int _attempts;
    private int _repeats;
    private bool _isOver;

    /// <summary>The last fault of a provider.</summary>
    public UpstreamError? LastError { get; private set; }

    /// <summary>What the model asked for said of the request, while others were tried for it.</summary>
    public GatewayError? Refusal { get; set; }

    /// <summary>The shortest wait of those that must not be called now; null where none was passed over.</summary>
    public TimeSpan? Blocked { get; private set; }

    /// <summary>Until an answer must have begun.</summary>
    public TimeSpan Left => (_candidates[0].Model.Failover.Deadline ?? options.Deadline) - call.Elapsed;

    private bool MayGoOn => !_isOver && _attempts < maxAttempts && (_attempts == 0 || Left > TimeSpan.Zero)
        && !call.Http.RequestAborted.IsCancellationRequested;

    /// <summary>Takes the next turn; null when there is none. The turn is given back by disposing of it.</summary>
    public async ValueTask<CandidateTurn?> NextAsync()
    {
        call.FallbackReason ??= _kind == FallbackKind.ContextWindow ? "context_window" : null;
        while (MayGoOn)
        {
            var next = NextIndex();
            var isModelOver = next < 0
                || (_at >= 0 && !ReferenceEquals(_candidates[next].Model, _candidates[_at].Model));
            if (isModelOver && TakeRepeatable() is { } again)
            {
                if (await WaitForAsync(again.Signals) && TryEnter(again) is { } repeat)
                {
                    return repeat;
                }

                continue;
            }

            if (next < 0)
            {
                return null;
            }

            if (isModelOver)
            {
                _repeats = 0;
                _repeatable?.Clear();
            }

            _at = next;
            if (TryEnter(_candidates[next]) is { } turn)
            {
                return turn;
            }
        }

        return null;
    }

    /// <summary>
    /// Takes the turn of the next deployment of the same model, to be tried beside one that takes long; null where
    /// there is none that is well, or too many were asked so.
    /// </summary>
    public CandidateTurn? Beside(RouteCandidate slow)
    {
        var next = NextIndex();
        if (!MayGoOn || next < 0 || !ReferenceEquals(_candidates[next].Model, slow.Model)
            || _candidates[next].Signals.StandingAt(clock.RouteTicks()) != DeploymentStanding.Ready
            || !slow.Signals.Hedging.TryTake()
            || TryEnter(_candidates[next]) is not { } turn)
        {
            return null;
        }

        _at = next;
        return turn;
    }

    /// <summary>
    /// Whether another candidate may serve after a fault. False for a fault of the request, which its caller is told,
    /// unless there are fallbacks for just that, and for what the model's <c>failover.on</c> leaves out.
    /// </summary>
    public bool GoesOnAfter(UpstreamError error, RouteCandidate candidate)
    {
        if (error.Fault is not { IsOfRequest: true } fault)
        {
            return IsFollowed(error, candidate.Model.Failover.On) && HasMore(candidate, error);
        }

        // The window and the policy of a fallback are not those of the model that was asked for.
        var kind = KindOf(fault);
        return kind != FallbackKind.Any
            && (IndexAfter(_at, kind) >= 0 || (IsFallback(candidate) && IndexAfter(_at, _kind) >= 0));
    }

    /// <summary>Takes note of a fault that another candidate follows, or none.</summary>
    public void Failed(UpstreamError error, RouteCandidate candidate)
    {
        LastError = error;
        call.FallbackReason ??= error.Fault is { IsOfRequest: true } fault ? ReasonOf(fault) : error.Outcome;
        if (!GoesOnAfter(error, candidate))
        {
            _isOver = true;
        }
        else if (error.Fault is { IsOfRequest: true } refused)
        {
            var kind = KindOf(refused);
            _kind = IndexAfter(_at, kind) >= 0 ? kind : _kind;
            _repeatable?.Clear();
        }
        else if (IsRepeatable(error, candidate.Model.Failover.On))
        {
            (_repeatable ??= []).Add(candidate);
        }
    }

    /// <summary>Takes note that a candidate cannot be sent this call.</summary>
    public void Skipped(string reason) => call.FallbackReason ??= reason;

    private CandidateTurn? TryEnter(RouteCandidate candidate)
    {
        var now = clock.RouteTicks();
        var permit = candidate.Signals.TryEnter(now);
        if (permit is DeploymentPermit.Granted or DeploymentPermit.Trial)
        {
            _attempts++;
            return new CandidateTurn(call, candidate, permit == DeploymentPermit.Trial, options, clock);
        }

        call.FallbackReason ??= permit == DeploymentPermit.RefusedOpen ? "circuit_open" : "cooling_down";
        var wait = candidate.Signals.WaitAt(now);
        Blocked = Blocked < wait ? Blocked : wait;
        return null;
    }

    private int NextIndex() => IndexAfter(_at, _kind);

    private int IndexAfter(int index, FallbackKind kind)
    {
        for (var i = index + 1; i < _candidates.Count; i++)
        {
            if (_candidates[i].Kind == kind)
            {
                return i;
            }
        }

        return -1;
    }

    private bool IsFallback(RouteCandidate candidate) => !ReferenceEquals(candidate.Model, _candidates[0].Model);

    private bool HasMore(RouteCandidate candidate, UpstreamError error) =>
        _attempts < maxAttempts && Left > TimeSpan.Zero
        && (NextIndex() >= 0
            || (_repeats < candidate.Model.Failover.Retries
                && (_repeatable is { Count: > 0 } || IsRepeatable(error, candidate.Model.Failover.On))));

    private RouteCandidate? TakeRepeatable()
    {
        if (_repeatable is not { Count: > 0 } failed || _repeats >= failed[0].Model.Failover.Retries)
        {
            return null;
        }

        _repeats++;
        var first = failed[0];
        failed.RemoveAt(0);
        return first;
    }

    // Drawn from nothing to the whole: callers that failed together must not come back together.
    private async ValueTask<bool> WaitForAsync(DeploymentSignals signals)
    {
        var most = _candidates[_at].Model.Failover.Backoff * (1 << (_repeats - 1));
        var drawn = most * Random.Shared.NextDouble();
        var asked = signals.WaitAt(clock.RouteTicks());
        var wait = asked > drawn ? asked : drawn;
        if (wait > options.MaxRetryWait || wait >= Left || !signals.TryTakeRetry())
        {
            return false;
        }

        try
        {
            await Task.Delay(wait, clock, call.Http.RequestAborted);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static FallbackKind KindOf(ProviderFault fault) => fault.Kind switch
    {
        ProviderFaultKind.ContextLengthExceeded or ProviderFaultKind.TooLarge => FallbackKind.ContextWindow,
        ProviderFaultKind.ContentPolicy => FallbackKind.ContentPolicy,
        _ => FallbackKind.Any,
    };

    private static string ReasonOf(ProviderFault fault) =>
        KindOf(fault) == FallbackKind.ContextWindow ? "context_window" : "content_policy";

    private static bool IsFollowed(UpstreamError error, IReadOnlyList<string>? on) =>
        on is null || error.Cause == UpstreamCause.Credential || IsListed(error, on);

    // A repeat costs nobody anything where nothing was sent or the provider refused; one that may have been working on
    // the answer is repeated only where the configuration says so.
    private static bool IsRepeatable(UpstreamError error, IReadOnlyList<string>? on) => error switch
    {
        { Cause: UpstreamCause.Connection, Stage: UpstreamStage.Connect } => true,
        { Fault.Kind: ProviderFaultKind.QuotaExhausted } => false,
        { Status: 408 or 409 or 429 or >= 500 } => true,
        { Fault.Kind: ProviderFaultKind.Overloaded or ProviderFaultKind.Server } => true,
        { Cause: UpstreamCause.Timeout or UpstreamCause.Protocol } => on is not null && IsListed(error, on),
        _ => false,
    };

    private static bool IsListed(UpstreamError error, IReadOnlyList<string> on)
    {
        var word = error.Cause switch
        {
            UpstreamCause.Timeout => "timeout",
            UpstreamCause.Connection => "connect",
            UpstreamCause.Status => error.Status!.Value.ToString(CultureInfo.InvariantCulture),
            _ => "protocol",
        };
        return on.Contains(word) || (error.Status is >= 500 and < 600 && on.Contains("5xx"));
    }
}
