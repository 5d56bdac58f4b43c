namespace LlmPlatform.Messaging.Tests;

public sealed record PeriodEnded
{
    public required Guid PeriodId { get; init; }
}
