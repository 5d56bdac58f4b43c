namespace LlmPlatform.Billing.Rerating;

/// <summary>What rating anew changes for a cost centre and model.</summary>
internal sealed record RerateChange
{
    public required string Tenant { get; init; }

    /// <summary>Empty: usage that names none.</summary>
    public required string CostCenter { get; init; }

    public required string Model { get; init; }

    /// <summary>Events whose price or cost changes.</summary>
    public required long Events { get; init; }

    public required decimal BeforeUsd { get; init; }

    public required decimal AfterUsd { get; init; }

    public required decimal ChangeUsd { get; init; }
}
