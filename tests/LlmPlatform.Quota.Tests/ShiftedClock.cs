namespace LlmPlatform.Quota.Tests;

/// <summary>A machine whose clock is wrong.</summary>
internal sealed class ShiftedClock(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
