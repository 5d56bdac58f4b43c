namespace LlmPlatform.Money.Periods;

/// <summary>One period of a budget.</summary>
/// <param name="Id">Unique within the budget's calendar, for example <c>m:2026-11</c>; part of the counter's
/// key.</param>
/// <param name="StartsAt">The first instant, UTC.</param>
/// <param name="EndsAt">The first instant after it, UTC.</param>
public sealed record BudgetPeriod(string Id, DateTimeOffset StartsAt, DateTimeOffset EndsAt);
