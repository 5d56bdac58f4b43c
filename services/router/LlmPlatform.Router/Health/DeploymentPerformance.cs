using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Hosting.Configuration;

namespace LlmPlatform.Router.Health;

/// <summary>
/// What calls showed of the deployments something is promised of: how many, how many of them too slow, how many failed,
/// in slots of five seconds. In memory, on every replica alike, so that one that takes over knows what it must.
/// </summary>
internal sealed class DeploymentPerformance(TimeProvider clock)
{
    private const int MaxDeployments = 4096;
    private const int MaxBatches = 10_000;

    private static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Provider, string Model), SortedDictionary<long, Counts>> _slots = [];
    private readonly HashSet<(Guid Edge, long Epoch, long First)> _seen = [];
    private readonly Queue<(Guid Edge, long Epoch, long First)> _seenInOrder = new();
    private Dictionary<string, ProviderSloConfiguration> _promises = [];

    /// <summary>Heeds what the catalogue promises.</summary>
    public void Follow(PlatformConfiguration catalogue)
    {
        var promises = catalogue.Providers
            .Where(provider => provider is { Enabled: true, Slo: not null })
            .ToDictionary(provider => provider.Name, provider => provider.Slo!, StringComparer.Ordinal);
        lock (_gate)
            _promises = promises;
    }

    /// <summary>Counts the attempts of a batch, once however often it arrives.</summary>
    public void Count(RequestCompletedBatch batch)
    {
        lock (_gate)
        {
            if (_promises.Count == 0 || !IsNew((batch.EdgeId, batch.Epoch, batch.FirstSequence)))
                return;
            foreach (var request in batch.Events)
            {
                for (var i = 0; i < request.Attempts.Count; i++)
                    Count(request, request.Attempts[i], isLast: i == request.Attempts.Count - 1);
            }
        }
    }

    /// <summary>Every deployment with what it showed in the window of its promise.</summary>
    public IReadOnlyList<(string Provider, string Model, ProviderSloConfiguration Slo, Counts Shown)> Read()
    {
        lock (_gate)
        {
            return
            [
                .. _slots.Where(entry => _promises.ContainsKey(entry.Key.Provider)).Select(entry =>
                {
                    var slo = _promises[entry.Key.Provider];
                    var since = SlotOf(clock.GetUtcNow() - slo.Window);
                    var shown = entry.Value.Where(slot => slot.Key > since)
                        .Aggregate(default(Counts), (sum, slot) => sum.With(slot.Value));
                    return (entry.Key.Provider, entry.Key.Model, slo, shown);
                }),
            ];
        }
    }

    /// <summary>Forgets what a deployment showed: it is taken back, and judged by what it shows from now on.</summary>
    public void Forget(string provider, string model)
    {
        lock (_gate)
            _slots.Remove((provider, model));
    }

    private void Count(RequestCompleted request, AttemptSummary attempt, bool isLast)
    {
        var key = (attempt.Provider, attempt.ProviderModel);
        if (!_promises.TryGetValue(attempt.Provider, out var slo)
            || attempt.Outcome is UsageOutcomes.ClientDisconnected or UsageOutcomes.BudgetEnded)
            return;

        // What another outpaced was cut: that it had not answered by then says something where it should have.
        var isCut = attempt.Outcome == UsageOutcomes.HedgeLost;
        if (isCut && !(attempt.Duration > slo.P95))
            return;
        if (!_slots.TryGetValue(key, out var slots))
        {
            if (_slots.Count >= MaxDeployments)
                return;
            _slots.Add(key, slots = []);
        }

        // A stream takes as long as its answer is; what is promised of it is when it begins.
        var began = isLast && request is { IsStream: true, TimeToFirstToken: { } first } && first < attempt.Duration
            ? first
            : attempt.Duration;
        var failed = !isCut
            && (attempt is { Status: >= 500 } or { Status: null, Outcome: not UsageOutcomes.Completed });
        var slot = SlotOf(clock.GetUtcNow());
        slots[slot] = slots.GetValueOrDefault(slot)
            .With(new Counts(1, !failed && began > slo.P95 ? 1 : 0, failed ? 1 : 0));
        while (slots.First().Key < SlotOf(clock.GetUtcNow() - Kept))
            slots.Remove(slots.First().Key);
    }

    private bool IsNew((Guid Edge, long Epoch, long First) batch)
    {
        if (!_seen.Add(batch))
            return false;
        _seenInOrder.Enqueue(batch);
        if (_seenInOrder.Count > MaxBatches)
            _seen.Remove(_seenInOrder.Dequeue());
        return true;
    }

    private static long SlotOf(DateTimeOffset moment) => moment.UtcTicks / SlotLength.Ticks;

    /// <summary>Attempts, and how many of them answered too slowly or failed.</summary>
    internal readonly record struct Counts(long Calls, long Slow, long Failed)
    {
        public Counts With(Counts more) => new(Calls + more.Calls, Slow + more.Slow, Failed + more.Failed);

        /// <summary>What is broken of a promise, in words; null when nothing is, or too little is known.</summary>
        public string? Breaks(ProviderSloConfiguration slo)
        {
            if (Calls < slo.MinCalls)
                return null;
            var answered = Calls - Failed;
            if (slo.P95 is { } limit && answered > 0 && Slow * 20 > answered)
                return $"{Slow * 100 / answered} % of its answers took over {DurationText.Format(limit)} to begin";
            return slo.Errors is { } share && Failed * 100 > share * Calls
                ? $"{Failed * 100 / Calls} % of its attempts failed"
                : null;
        }
    }
}
