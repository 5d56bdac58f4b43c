namespace LlmPlatform.Contracts.Billing;

/// <summary>A bill was issued: it has its number and never changes again.</summary>
public sealed record BillIssued
{
    /// <summary>For billing's address of it.</summary>
    public required string BillId { get; init; }

    /// <summary>Without gaps in its series.</summary>
    public required string Number { get; init; }

    /// <summary>Who is billed.</summary>
    public required string Tenant { get; init; }

    /// <summary>The month, such as <c>2026-11</c>.</summary>
    public required string Period { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Tax included, in <see cref="Currency"/>.</summary>
    public required decimal Payable { get; init; }

    /// <summary>When it was.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Its papers, the most important first; null from a billing that did not say.</summary>
    public IReadOnlyList<BillPaper>? Papers { get; init; }
}
