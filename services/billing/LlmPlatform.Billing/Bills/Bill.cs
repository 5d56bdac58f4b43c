namespace LlmPlatform.Billing.Bills;

/// <summary>What a tenant owes for a month, line by line.</summary>
internal sealed record Bill : BillSummary
{
    /// <summary>Ordered by cost centre, team, provider, model, class and price version.</summary>
    public required IReadOnlyList<BillLine> Lines { get; init; }
}
