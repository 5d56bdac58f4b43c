using LlmPlatform.Contracts.Requests;

namespace LlmPlatform.Router.Health;

/// <summary>
/// How many calls to each model were served by a fallback, in slots of ten seconds. In memory, on every replica alike;
/// a batch that comes twice weighs twice, which a rate can bear.
/// </summary>
internal sealed class FallbackRates(ConditionOptions options, TimeProvider clock)
{
    private static readonly TimeSpan SlotLength = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<long, (int Calls, int FellBack)>> _models =
        new(StringComparer.Ordinal);

    /// <summary>Counts the calls of a batch that were answered.</summary>
    public void Count(RequestCompletedBatch batch)
    {
        lock (_gate)
        {
            foreach (var request in batch.Events)
            {
                // Who names a model that does not exist is served by none.
                if (request is { Model: not null, ModelRequested: { } model })
                    Count(model, SlotOf(request.OccurredAt), request.FallbackReason is not null);
            }
        }
    }

    /// <summary>Every model with what the window shows of it.</summary>
    public IReadOnlyList<(string Model, int Calls, decimal Rate)> Read()
    {
        var since = SlotOf(clock.GetUtcNow() - options.FallbackWindow);
        var shown = new List<(string, int, decimal)>();
        lock (_gate)
        {
            foreach (var (model, slots) in _models.ToList())
            {
                foreach (var old in slots.Keys.Where(slot => slot <= since).ToList())
                    slots.Remove(old);
                if (slots.Count == 0)
                {
                    _models.Remove(model);
                    continue;
                }

                var calls = slots.Values.Sum(slot => slot.Calls);
                shown.Add((model, calls, (decimal)slots.Values.Sum(slot => slot.FellBack) / calls));
            }
        }

        return shown;
    }

    private void Count(string model, long slot, bool fellBack)
    {
        if (!_models.TryGetValue(model, out var slots))
        {
            if (_models.Count >= options.ModelsMax)
                return;
            _models.Add(model, slots = []);
        }

        var known = slots.GetValueOrDefault(slot);
        slots[slot] = (known.Calls + 1, known.FellBack + (fellBack ? 1 : 0));
    }

    private static long SlotOf(DateTimeOffset at) => at.UtcTicks / SlotLength.Ticks;
}
