namespace LlmPlatform.Messaging.Tests;

/// <summary>For every open period of a name: correlated by query.</summary>
public sealed record BonusGranted
{
    public required string Name { get; init; }

    public required int Amount { get; init; }
}
