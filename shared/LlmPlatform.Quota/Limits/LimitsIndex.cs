using System.Collections.Frozen;

namespace LlmPlatform.Quota;

/// <summary>
/// A snapshot of limits arranged by scope, so that what applies to a call is found by a few look-ups. Built once for
/// each snapshot; safe for many threads.
/// </summary>
public sealed class LimitsIndex
{
    // No scope is declared with a longer text, so a caller's name that does not fit matches none.
    private const int ScopeLengthMax = 320;

    private readonly FrozenDictionary<string, ScopeEntry> _scopes;
    private readonly FrozenDictionary<string, ScopeEntry>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly FrozenDictionary<string, BudgetDefinition> _budgets;

    /// <param name="snapshot">What to arrange.</param>
    /// <exception cref="ArgumentException">A budget's zone, period or id cannot be used, or an id is there
    /// twice.</exception>
    public LimitsIndex(LimitsSnapshot snapshot)
    {
        Snapshot = snapshot;
        _budgets = snapshot.Budgets.ToDictionary(budget => budget.Id).ToFrozenDictionary();
        var entries = new Dictionary<string, ScopeEntry>(StringComparer.Ordinal);
        foreach (var budget in snapshot.Budgets)
            EntryOf(entries, budget.Scope).Budgets.Add(new BudgetCounter(budget));
        foreach (var limit in snapshot.RateLimits)
            EntryOf(entries, limit.Scope).Rates.AddRange(RateRule.Of(limit));
        _scopes = entries.ToFrozenDictionary(StringComparer.Ordinal);
        _lookup = _scopes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What the index was built from.</summary>
    public LimitsSnapshot Snapshot { get; }

    /// <summary>An index without any limit.</summary>
    public static LimitsIndex Empty { get; } = new(new LimitsSnapshot { Version = 0 });

    /// <summary>The budget of an id; null when there is none.</summary>
    public BudgetDefinition? FindBudget(string budgetId) => _budgets.GetValueOrDefault(budgetId);

    /// <summary>Every budget and rate limit that applies to a call. Dispose the answer.</summary>
    public ApplicableLimits Matching(in CallerScopes caller)
    {
        var found = ApplicableLimits.Rent();
        if (_scopes.Count == 0)
            return found;

        Add(found, caller, "global", default, default);
        Add(found, caller, "tier:", caller.Tier, default);
        Add(found, caller, "tenant:", caller.Tenant, default);
        if (caller.Team is { } team)
            Add(found, caller, "team:", caller.Tenant, team);
        Add(found, caller, "project:", caller.Project, default);
        Add(found, caller, "user:", caller.User, default);
        Add(found, caller, "key:", caller.KeyId, default);
        if (caller.KeyName != caller.KeyId)
            Add(found, caller, "key:", caller.KeyName, default);
        Add(found, caller, "model:", caller.Model, default);
        if (caller.Model is { Length: > 0 } model)
        {
            Add(found, caller, "key_model:", caller.KeyId, model);
            if (caller.KeyName != caller.KeyId)
                Add(found, caller, "key_model:", caller.KeyName, model);
        }

        Add(found, caller, "route:", caller.Route, default);
        Add(found, caller, "ip:", caller.ClientAddress, default);
        return found;
    }

    private void Add(
        ApplicableLimits found, in CallerScopes caller, ReadOnlySpan<char> kind, string? name, ReadOnlySpan<char> part)
    {
        if (kind[^1] == ':' && string.IsNullOrEmpty(name))
            return;

        var length = kind.Length + (name?.Length ?? 0) + (part.IsEmpty ? 0 : part.Length + 1);
        if (length > ScopeLengthMax)
            return;

        Span<char> text = stackalloc char[length];
        kind.CopyTo(text);
        name.AsSpan().CopyTo(text[kind.Length..]);
        if (!part.IsEmpty)
        {
            text[^(part.Length + 1)] = '/';
            part.CopyTo(text[^part.Length..]);
        }

        if (!_lookup.TryGetValue(text, out var entry))
            return;
        foreach (var budget in entry.Budgets)
            if (budget.Counts(caller))
                found.BudgetCounters.Add(budget);
        foreach (var rule in entry.Rates)
            found.RateCounters.Add(RateCounter.For(rule, caller));
    }

    private static ScopeEntry EntryOf(Dictionary<string, ScopeEntry> entries, string scope)
    {
        if (!entries.TryGetValue(scope, out var entry))
            entries.Add(scope, entry = new ScopeEntry());
        return entry;
    }

    private sealed class ScopeEntry
    {
        internal List<BudgetCounter> Budgets { get; } = [];

        internal List<RateRule> Rates { get; } = [];
    }
}
