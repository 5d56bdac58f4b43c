namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// One entry of <c>alerting.maintenance</c>: from one moment to another, what it names is held back, and told
/// afterwards unless it is over by then.
/// </summary>
public sealed record MaintenanceConfiguration
{
    /// <summary>The first moment.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first moment after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>What is held back, by pattern, such as <c>provider.*</c>; null: everything.</summary>
    public GlobList? Kind { get; init; }

    /// <summary>What it is about, by pattern, such as <c>provider:openai</c>; null: anything.</summary>
    public GlobList? Scope { get; init; }

    /// <summary>Whether a notice is to be held back at a moment.</summary>
    /// <param name="kind">What it tells of.</param>
    /// <param name="scope">The scope or thing it is about; null: none.</param>
    /// <param name="at">The moment.</param>
    /// <returns>True when it is.</returns>
    public bool Covers(string kind, string? scope, DateTimeOffset at) =>
        at >= From && at < Until
        && (Kind is null || Kind.Matches(kind))
        && (Scope is null || (scope is not null && Scope.Matches(scope)));
}
