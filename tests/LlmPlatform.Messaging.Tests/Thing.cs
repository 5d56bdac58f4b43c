namespace LlmPlatform.Messaging.Tests;

/// <summary>The state a message speaks of.</summary>
public sealed class Thing
{
    public int Id { get; set; }

    public required string Name { get; init; }
}
