namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>alerting.routes</c>: what it says of a notice must all hold.</summary>
public sealed record AlertRouteConfiguration
{
    /// <summary>The scope it is about, by pattern, such as <c>tenant:acme</c>; null: any, and none.</summary>
    public GlobList? Scope { get; init; }

    /// <summary>What it tells of, by pattern, such as <c>budget.*</c>; null: anything.</summary>
    public GlobList? Kind { get; init; }

    /// <summary>The least severity. Default info: any.</summary>
    public AlertSeverity Severity { get; init; }

    /// <summary>The declared channels that hear of it.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Whether a notice is meant.</summary>
    /// <param name="kind">What it tells of.</param>
    /// <param name="scope">The scope it is about; null: none.</param>
    /// <param name="severity">Its severity.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(string kind, string? scope, AlertSeverity severity) =>
        severity >= Severity
        && (Kind is null || Kind.Matches(kind))
        && (Scope is null || (scope is not null && Scope.Matches(scope)));
}
