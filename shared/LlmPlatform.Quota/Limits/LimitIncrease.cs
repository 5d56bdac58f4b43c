namespace LlmPlatform.Quota;

/// <summary>More than a budget's limit for a while.</summary>
/// <param name="From">The first instant of it.</param>
/// <param name="Until">The first instant after it.</param>
/// <param name="Amount">How much more, in the budget's unit.</param>
public sealed record LimitIncrease(DateTimeOffset From, DateTimeOffset Until, long Amount);
