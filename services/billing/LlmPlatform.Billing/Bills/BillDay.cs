namespace LlmPlatform.Billing.Bills;

/// <summary>A day of a bill's month, in the bill's time zone.</summary>
/// <param name="Day">For example <c>2026-11-20</c>.</param>
/// <param name="Requests">Attempts that could be billed.</param>
/// <param name="Tokens">Of every kind.</param>
/// <param name="ListUsd">At list prices, exact.</param>
internal sealed record BillDay(string Day, long Requests, long Tokens, decimal ListUsd);
