using LlmPlatform.Contracts.Operations;
using LlmPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Router.Health;

/// <summary>
/// Says which providers are down and which models live by their fallbacks: when that begins, again while it lasts, and
/// when it ends. Called by the replica whose turn it is; what a predecessor had said runs out unless it is said again.
/// </summary>
internal sealed class ConditionAnnouncer(
    IServiceScopeFactory scopes, FallbackRates fallbacks, ConditionOptions options, TimeProvider clock)
{
    private const int RepeatsMissable = 5;

    private readonly Dictionary<(string Condition, string Subject), DateTimeOffset> _said = [];

    /// <summary>Says what there is to say.</summary>
    public async Task SayAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<RouterDbContext>();
        var outbox = scope.ServiceProvider.GetRequiredService<IOutbox<RouterDbContext>>();
        var now = clock.GetUtcNow();
        var holding = await DownAsync(database, now, cancellationToken);
        holding.AddRange(FallingBack(now));
        var due = holding
            .Where(seen => !_said.TryGetValue(KeyOf(seen), out var at) || now - at >= options.RepeatInterval)
            .ToList();
        var over = _said.Keys.Except(holding.Select(KeyOf)).Select(key => new ConditionObserved
        {
            Condition = key.Condition,
            Subject = key.Subject,
            Holds = false,
            ObservedAt = now,
        }).ToList();
        if (due.Count + over.Count == 0)
            return;
        foreach (var seen in due.Concat(over))
            outbox.Add(seen);
        await database.SaveChangesAsync(cancellationToken);
        foreach (var seen in due)
            _said[KeyOf(seen)] = now;
        foreach (var seen in over)
            _said.Remove(KeyOf(seen));
    }

    private static (string Condition, string Subject) KeyOf(ConditionObserved seen) => (seen.Condition, seen.Subject);

    private async Task<List<ConditionObserved>> DownAsync(
        RouterDbContext database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var down = await database.ProviderHealth.AsNoTracking().Where(health => !health.Up)
            .ToListAsync(cancellationToken);
        return down.ConvertAll(health => new ConditionObserved
        {
            Condition = "provider.down",
            Subject = health.Provider,
            Holds = true,
            Detail = $"last probe: {health.LastOutcome}",
            ObservedAt = now,
            GoodFor = RepeatsMissable * options.RepeatInterval,
        });
    }

    private IEnumerable<ConditionObserved> FallingBack(DateTimeOffset now)
    {
        foreach (var (model, calls, rate) in fallbacks.Read())
        {
            // What is said ends at half the rate, so that what swings round it is not told again and again.
            var isSaid = _said.ContainsKey(("fallback.rate", model));
            var limit = (decimal)options.FallbackRate / (isSaid ? 2 : 1);
            if (calls < options.FallbackCallsMin || rate < limit)
                continue;
            yield return new ConditionObserved
            {
                Condition = "fallback.rate",
                Subject = model,
                Holds = true,
                Value = decimal.Round(rate, 4),
                Limit = (decimal)options.FallbackRate,
                Detail = FormattableString.Invariant($"{calls} calls in the last {options.FallbackWindow:g}"),
                ObservedAt = now,
                GoodFor = RepeatsMissable * options.RepeatInterval,
            };
        }
    }
}
