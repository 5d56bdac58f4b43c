namespace LlmPlatform.Audit.Trail;

/// <summary>What the record of a change has beside the columns of every record.</summary>
internal sealed record ChangeDetail
{
    /// <summary>What changed, in words or compact JSON; never a secret.</summary>
    public required string Summary { get; init; }
}
