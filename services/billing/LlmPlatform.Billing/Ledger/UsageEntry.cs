namespace LlmPlatform.Billing.Ledger;

/// <summary>A charge for a version of a usage event as it was rated, or the taking back of one.</summary>
/// <param name="EventId">With the next three, what makes it unique.</param>
/// <param name="Version">Of the event.</param>
/// <param name="Rating">0 when first rated, one more for each time it was rated anew.</param>
/// <param name="IsReversal">True: it takes back the charge of the same key.</param>
/// <param name="Account">The id of the account of the tenant and cost centre.</param>
/// <param name="Contra">The id of the account the money is owed on.</param>
/// <param name="Amount">USD; negative where it is a reversal.</param>
/// <param name="OccurredAt">Of the event.</param>
internal readonly record struct UsageEntry(
    Guid EventId,
    int Version,
    int Rating,
    bool IsReversal,
    long Account,
    long Contra,
    decimal Amount,
    DateTimeOffset OccurredAt)
{
    /// <summary>
    /// <see cref="UsageContent"/> of the event; null in entries from before it was kept, of which nothing can be said.
    /// </summary>
    public Guid? Content { get; init; }

    /// <summary>Which of two charges of one event is the later.</summary>
    public (int Version, int Rating) Order => (Version, Rating);

    public UsageEntry Reversed() => this with { IsReversal = true, Amount = -Amount };
}
