namespace LlmPlatform.Billing.Bills;

/// <summary>A side of a bill, as it stood when the bill was made.</summary>
internal sealed record BillParty
{
    public required string Name { get; init; }

    /// <summary>Lines of an address.</summary>
    public IReadOnlyList<string> Address { get; init; } = [];

    public string? TaxId { get; init; }
}
