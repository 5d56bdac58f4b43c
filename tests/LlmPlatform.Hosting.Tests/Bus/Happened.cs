namespace LlmPlatform.Hosting.Tests.Bus;

public sealed record Happened
{
    public required int Number { get; init; }
}
