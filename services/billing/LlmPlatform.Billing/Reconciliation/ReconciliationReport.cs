namespace LlmPlatform.Billing.Reconciliation;

/// <summary>A provider's month beside ours.</summary>
internal sealed record ReconciliationReport
{
    public required Guid Id { get; init; }

    public required string Provider { get; init; }

    /// <summary>In UTC, as providers count.</summary>
    public required string Period { get; init; }

    /// <summary>Counts up with each pull that says something else; providers restate.</summary>
    public required int Version { get; init; }

    /// <summary><c>api</c> or <c>upload</c>.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset PulledAt { get; init; }

    /// <summary>Of the provider's figures and ours: the same hash, the same comparison.</summary>
    public required string ContentHash { get; init; }

    /// <summary>See <see cref="ReconciliationStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>What the provider charges.</summary>
    public required decimal TheirsUsd { get; init; }

    /// <summary>What the ledger has for it by usage.</summary>
    public required decimal OursUsd { get; init; }

    /// <summary>Why they differ; the amounts add up to the difference.</summary>
    public required IReadOnlyList<Variance> Variances { get; init; }

    /// <summary>The same by kind.</summary>
    public IReadOnlyDictionary<string, decimal> ByKind => Variances.GroupBy(variance => variance.Kind)
        .OrderBy(kind => kind.Key, StringComparer.Ordinal)
        .ToDictionary(kind => kind.Key, kind => kind.Sum(variance => variance.AmountUsd).Trimmed());

    public string? SignedBy { get; init; }

    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>What the provider says, line by line.</summary>
    public required IReadOnlyList<ProviderCharge> Charges { get; init; }
}
