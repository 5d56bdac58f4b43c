using System.Globalization;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>What the platform says of all that was done, against what the provider and the callers know.</summary>
internal sealed record Verdict
{
    /// <summary>Requests that the audit trail must tell of.</summary>
    public required int Requests { get; init; }

    /// <summary>Attempts in the provider's ledger.</summary>
    public required int Attempts { get; init; }

    /// <summary>Of these, billed by an estimate that was recovered after a crash.</summary>
    public required int Estimates { get; init; }

    /// <summary>Every way in which the two differ, in words.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>The sum of all rows' costs.</summary>
    public required decimal CostUsd { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Requests} requests, {Attempts} attempts, {Differences.Count} differences, {Estimates} estimates")
        + string.Concat(Differences.Take(20).Select(difference => "\n  " + difference));
}
