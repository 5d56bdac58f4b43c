using System.Globalization;

namespace LlmPlatform.Chaos.Oracle;

/// <summary>What the platform says of all that was done, against what the provider and the callers know.</summary>
internal sealed record Verdict
{
    /// <summary>Requests that the audit trail must tell of.</summary>
    public required int Requests { get; init; }

    /// <summary>Attempts in the provider's ledger.</summary>
    public required int Attempts { get; init; }

    /// <summary>Of these, refused by the provider, who charges nothing for them.</summary>
    public required int Refused { get; init; }

    /// <summary>Usage rows, and as many events in the ledger.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows that nobody reported: recovered after a crash, or counted because a provider broke off.</summary>
    public required IReadOnlyList<EstimatedAttempt> Estimated { get; init; }

    /// <summary>Of these, those recovered after a crash.</summary>
    public int Estimates => Estimated.Count(attempt => attempt.Row.IsRecovered);

    /// <summary>Every way in which the two differ, in words.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>The sum of all rows' costs.</summary>
    public required decimal CostUsd { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Requests} requests, {Attempts} attempts, {Differences.Count} differences, {Estimates} estimates")
        + string.Concat(Differences.Take(20).Select(difference => "\n  " + difference));
}
