namespace LlmPlatform.Contracts.Operations;

/// <summary>
/// Something of the platform itself is not as it should be, or is so again. Said when it begins, every minute while it
/// lasts, and when it ends; any may be lost, repeated or late.
/// </summary>
public sealed record ConditionObserved
{
    /// <summary>
    /// What: <c>provider.down</c>, <c>fallback.rate</c>, <c>spool.age</c>, <c>queue.error</c>; others may come.
    /// </summary>
    public required string Condition { get; init; }

    /// <summary>Of what: a provider, a model, an edge's id, a queue.</summary>
    public required string Subject { get; init; }

    /// <summary>Whether it lasts; false: it is over.</summary>
    public required bool Holds { get; init; }

    /// <summary>What was measured, in the condition's unit: a fraction, seconds, messages.</summary>
    public decimal? Value { get; init; }

    /// <summary>From which value on it holds.</summary>
    public decimal? Limit { get; init; }

    /// <summary>What more there is to say, in a few words without secrets.</summary>
    public string? Detail { get; init; }

    /// <summary>When it was observed.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>After which it counts as over unless it is said again; null: until its end is said.</summary>
    public TimeSpan? GoodFor { get; init; }
}
