namespace LlmPlatform.Billing.Completeness;

/// <summary>Whether all that edges numbered has come.</summary>
internal sealed record CompletenessResponse
{
    /// <summary>
    /// Nothing is missing that anyone knows of; of a month: all edges have passed its end, too, and no event of it is
    /// without a price or in quarantine.
    /// </summary>
    public required bool IsComplete { get; init; }

    /// <summary>The month asked for.</summary>
    public string? Period { get; init; }

    /// <summary>Each life of each spool.</summary>
    public required IReadOnlyList<SpoolCompleteness> Spools { get; init; }

    /// <summary>Of the month asked for.</summary>
    public UsageCounts? Usage { get; init; }

    /// <summary>Requests that may have cost something and are on no bill: of the month, else of the last day.</summary>
    public required IReadOnlyList<SuspectedRequest> SuspectedUnbilled { get; init; }
}
