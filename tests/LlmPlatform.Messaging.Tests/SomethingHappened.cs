namespace LlmPlatform.Messaging.Tests;

public sealed record SomethingHappened
{
    public required int Number { get; init; }

    public string? Note { get; init; }
}
