namespace LlmPlatform.Quota;

/// <summary>What is left of a rate limit.</summary>
/// <param name="Limit">The figure.</param>
/// <param name="Remaining">What is left of it, from 0, rounded down.</param>
/// <param name="ResetAfter">After how long all of it is there again, if nothing more is called.</param>
public sealed record RateAllowance(long Limit, long Remaining, TimeSpan ResetAfter);
