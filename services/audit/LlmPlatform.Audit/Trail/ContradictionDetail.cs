namespace LlmPlatform.Audit.Trail;

/// <summary>What the record of a contradiction has beside the columns of every record.</summary>
internal sealed record ContradictionDetail
{
    /// <summary>In a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What came second; the record it contradicts stays as it is.</summary>
    public required TrailContent Came { get; init; }
}
