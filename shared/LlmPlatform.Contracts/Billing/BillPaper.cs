namespace LlmPlatform.Contracts.Billing;

/// <summary>A paper of a bill that services may ask billing for. It never changes.</summary>
public sealed record BillPaper
{
    /// <summary>A name for a file, of letters, digits, dots and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Such as <c>application/pdf</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>Of billing's address, beginning with a slash.</summary>
    public required string Path { get; init; }
}
