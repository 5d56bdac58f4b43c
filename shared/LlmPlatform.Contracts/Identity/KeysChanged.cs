namespace LlmPlatform.Contracts.Identity;

/// <summary>
/// Tenants, teams or virtual keys changed; every edge reloads them. A lost announcement costs a poll interval.
/// </summary>
public sealed record KeysChanged
{
    /// <summary>The new version of the key snapshot.</summary>
    public required long Version { get; init; }
}
