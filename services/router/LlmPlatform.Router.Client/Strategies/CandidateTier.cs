using System.Globalization;

namespace LlmPlatform.Router.Client;

/// <summary>
/// Candidates of one model that are alike in health and priority, so that only the model's strategy decides between
/// them.
/// </summary>
internal abstract class CandidateTier(RouteCandidate[] candidates, bool isFallback)
{
    protected RouteCandidate[] Candidates { get; } = candidates;

    public int Count => Candidates.Length;

    /// <summary>False when the order is the same in every plan.</summary>
    public virtual bool Varies => true;

    protected abstract string Strategy { get; }

    public bool Holds(RouteCandidate candidate) =>
        Array.Exists(Candidates, held => ReferenceEquals(held, candidate));

    /// <summary>The tier a strategy asks for; a strategy of a newer router is ordered by weight.</summary>
    public static CandidateTier Of(
        string strategy, RouteCandidate[] candidates, bool isFallback, Func<RotationTurn> turn) =>
        candidates.Length == 1 ? new OnlyTier(candidates, isFallback) : strategy switch
        {
            "round_robin" => new RoundRobinTier(candidates, isFallback, turn()),
            "lowest_latency" => new LowestLatencyTier(candidates, isFallback),
            "lowest_cost" => new LowestCostTier(candidates, isFallback),
            "least_busy" => new LeastBusyTier(candidates, isFallback),
            "consistent_hash" => new ConsistentHashTier(candidates, isFallback),
            _ => new WeightedTier(candidates, isFallback),
        };

    /// <summary>Writes every candidate once, the first choice first. The span has room for exactly them.</summary>
    public abstract void Order(Span<RouteCandidate> places, in RouteRequest request, ref PlanRandom random);

    public PlannedCandidate Explain(RouteCandidate candidate, in RouteRequest request) => new(
        candidate,
        isFallback,
        Strategy,
        Count,
        Measure(candidate, in request),
        candidate.Signals.StandingAt(request.NowTicks));

    /// <summary>What the order went by, in words.</summary>
    protected abstract string Measure(RouteCandidate candidate, in RouteRequest request);

    /// <summary>
    /// A weight below 1 cannot be configured; from a stranger's snapshot it must not hang or starve a draw.
    /// </summary>
    protected static int WeightOf(RouteCandidate candidate) => Math.Max(1, candidate.Deployment.Weight);

    /// <summary>
    /// Moves those that must not be called now behind the others, so that a choice is made between those that may be.
    /// </summary>
    /// <returns>How many may be called.</returns>
    public static int ReadyFirst(Span<RouteCandidate> places, long now)
    {
        var ready = places.Length;
        for (var place = 0; place < ready;)
        {
            if (!places[place].IsBlockedAt(now))
            {
                place++;
                continue;
            }

            var blocked = places[place];
            places[(place + 1)..].CopyTo(places[place..]);
            places[^1] = blocked;
            ready--;
        }

        return ready;
    }

    protected static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
