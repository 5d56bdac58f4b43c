namespace LlmPlatform.Billing.Bills;

/// <summary>Something that has to hold before a bill can be issued.</summary>
internal sealed record BillGate
{
    /// <summary>Stable, snake case.</summary>
    public required string Name { get; init; }

    public required bool Passed { get; init; }

    /// <summary>What was found.</summary>
    public required string Detail { get; init; }

    /// <summary>Who answers for going on although it did not pass.</summary>
    public string? WaivedBy { get; init; }

    public string? WaivedBecause { get; init; }

    /// <summary>Whether it stands in the way.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOpen => !Passed && WaivedBy is null;
}
