namespace LlmPlatform.Messaging.Tests;

public sealed record AmountAdded
{
    public required Guid PeriodId { get; init; }

    /// <summary>Below zero the state machine fails, after it has changed its state and published.</summary>
    public required int Amount { get; init; }
}
