using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;

namespace LlmPlatform.Scenarios.Stages;

/// <summary>
/// Holds billing's rows against the ledger that the provider keeps: a row for each attempt, and no other.
/// </summary>
public static class LedgerComparison
{
    /// <summary>
    /// Waits until billing has a row for every attempt of these models, and asserts that it has no other.
    /// </summary>
    /// <returns>Each attempt with its row.</returns>
    public static async Task<IReadOnlyList<(ProviderAttempt Attempt, UsageRow Row)>> UntilEqualAsync(
        Stage stage, IReadOnlyList<string> models, TimeSpan deadline, CancellationToken cancellationToken)
    {
        await Eventually.UntilAsync(
            () => stage.Provider.Ledger.Open == 0, deadline, "the provider has ended its calls", cancellationToken);
        var attempts = stage.Provider.Ledger.Attempts.Where(attempt => models.Contains(attempt.Model)).ToList();
        var rows = await Eventually.UntilAsync(
            () => UsageRow.ReadAsync(stage.Platform, models, cancellationToken),
            rows => rows.Count >= attempts.Count, deadline,
            $"billing has {attempts.Count} rows", cancellationToken);

        // A row of an attempt that the provider never saw, or a second one of the same, makes the two lists differ.
        Assert.Equal(
            attempts.Select(attempt => $"{attempt.RequestId}/{attempt.Attempt}").Order(StringComparer.Ordinal),
            rows.Select(row => $"{row.RequestId}/{row.Attempt}").Order(StringComparer.Ordinal));
        var byAttempt = rows.ToDictionary(row => (row.RequestId, $"{row.Attempt}"));
        return [.. attempts.Select(attempt => (attempt, byAttempt[(attempt.RequestId!, attempt.Attempt!)]))];
    }

    /// <summary>Asserts that a row says what the provider billed, to the token.</summary>
    public static void AssertExact(ProviderAttempt attempt, UsageRow row)
    {
        Assert.Equal(UsageRow.Provider, row.UsageSource);
        Assert.Equal((attempt.Billed.Prompt, attempt.Billed.Completion), (row.Input, row.Output));
    }
}
