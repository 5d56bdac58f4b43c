namespace LlmPlatform.Hosting.Tests.Snapshots;

/// <summary>A snapshot for tests.</summary>
public sealed record Catalogue
{
    public required long Version { get; init; }

    public required string Text { get; init; }
}
