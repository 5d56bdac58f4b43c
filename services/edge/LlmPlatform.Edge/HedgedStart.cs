using LlmPlatform.Edge.Providers;
using LlmPlatform.Edge.Routing;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Router.Client;

namespace LlmPlatform.Edge;

/// <summary>
/// Begins an attempt and, where it takes unusually long, another one beside it on the next deployment of the model.
/// Whichever begins to answer first is the one; the other is cut and billed for what it may have cost.
/// </summary>
internal sealed class HedgedStart(AttemptDesk attempts, AttemptSettlement settlement, TimeProvider clock)
{
    // To be cut takes no time; a provider's credential that is being fetched goes on.
    private static readonly TimeSpan CutWithin = TimeSpan.FromMilliseconds(250);

    /// <summary>Begins to answer by one attempt or two.</summary>
    /// <param name="first">Opened, nothing of it sent. The second is given back with it.</param>
    /// <param name="walk">Says who is next.</param>
    /// <param name="hedging">What the model says.</param>
    /// <returns>The one that answers, or that failed last and is not closed yet.</returns>
    public async ValueTask<(Attempt Attempt, UpstreamError? Error)> BeginAsync(
        Attempt first, CandidateWalk walk, RoutedHedging hedging)
    {
        var before = clock.GetTimestamp();
        try
        {
            first.Beginning = attempts.BeginAsync(first).AsTask();
            var wait = first.Candidate.Signals.Hedging.WaitFor(hedging, first.Call.Request!.Stream);
            return await EndsWithinAsync(first.Beginning, wait) || OpenSecond(first, walk) is not { } second
                ? (first, await first.Beginning)
                : await RaceAsync(first, second, walk);
        }
        finally
        {
            first.Call.UpstreamTime += clock.GetElapsedTime(before);
        }
    }

    private Attempt? OpenSecond(Attempt first, CandidateWalk walk)
    {
        if (walk.Beside(first.Candidate) is not { } turn)
        {
            return null;
        }

        var second = first.Second = new Attempt(first.Call, turn);
        if (!attempts.Prepare(second, out _) || !attempts.Open(second, walk.Left))
        {
            return null;
        }

        second.Beginning = attempts.BeginAsync(second).AsTask();
        return second;
    }

    private async ValueTask<(Attempt Attempt, UpstreamError? Error)> RaceAsync(
        Attempt first, Attempt second, CandidateWalk walk)
    {
        var ended = await Task.WhenAny(first.Beginning!, second.Beginning!);
        var isFirst = ended == first.Beginning;
        var (quicker, other) = isFirst ? (first, second) : (second, first);
        var error = await ended;
        if (error is null or { Fault.IsOfRequest: true })
        {
            // What is wrong with the request is wrong with it everywhere.
            await LoseAsync(other, wasWaitedFor: !isFirst && error is null);
            first.Call.FallbackReason ??= isFirst ? null : "hedged";
            return (quicker, error);
        }

        quicker.Turn.Failed(error, quicker.Upstream);
        await settlement.CloseFailedAsync(first.Call, quicker.Open, quicker.Upstream, error, isLast: false);
        if (isFirst)
        {
            walk.Failed(error, quicker.Candidate);
        }

        return (other, await other.Beginning!);
    }

    private async ValueTask LoseAsync(Attempt loser, bool wasWaitedFor)
    {
        if (wasWaitedFor)
        {
            loser.Turn.Outpaced(loser.Upstream);
        }

        loser.Upstream.Cut();
        await EndsWithinAsync(loser.Beginning!, CutWithin);
        await settlement.CloseOutpacedAsync(loser);
    }

    private async ValueTask<bool> EndsWithinAsync(Task beginning, TimeSpan wait)
    {
        if (beginning.IsCompleted)
        {
            return true;
        }

        using var ended = new CancellationTokenSource();
        var late = Task.Delay(wait, clock, ended.Token);
        var first = await Task.WhenAny(beginning, late);
        await ended.CancelAsync();
        return first == beginning;
    }
}
