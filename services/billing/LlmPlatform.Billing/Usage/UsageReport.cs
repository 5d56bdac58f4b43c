namespace LlmPlatform.Billing.Usage;

/// <summary>Usage, grouped.</summary>
internal sealed record UsageReport
{
    /// <summary>The first instant.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The first instant after.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The IANA zone whose midnights cut days and months.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The dimensions, in order.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>The groups of this page, ordered by their dimensions.</summary>
    public required IReadOnlyList<UsageGroup> Items { get; init; }

    /// <summary>Over all groups, those of other pages included.</summary>
    public required UsageFigures Total { get; init; }

    /// <summary>Send it as <c>cursor</c> to go on; null when nothing follows.</summary>
    public string? NextCursor { get; init; }
}
