namespace LlmPlatform.Hosting.Configuration;

/// <summary>A team of a tenant.</summary>
public sealed record TeamConfiguration
{
    /// <summary>Name, unique within the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>Where its spending is booked; null when not said.</summary>
    public string? CostCenter { get; init; }

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
