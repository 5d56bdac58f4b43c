namespace LlmPlatform.Hosting.Configuration;

/// <summary>One entry of <c>tenants</c>: who is billed.</summary>
public sealed record TenantConfiguration
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The tier that routes and limits may refer to, such as <c>premium</c>; null when not said.</summary>
    public string? Tier { get; init; }

    /// <summary>Its teams.</summary>
    public IReadOnlyList<TeamConfiguration> Teams { get; init; } = [];

    /// <summary>The line of the file it begins on.</summary>
    public int Line { get; init; }
}
