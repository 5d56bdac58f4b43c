namespace LlmPlatform.Messaging.Tests;

public sealed record PeriodOpened
{
    public required Guid PeriodId { get; init; }

    public required string Name { get; init; }
}
