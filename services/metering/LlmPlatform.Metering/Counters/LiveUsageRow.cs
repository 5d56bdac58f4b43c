namespace LlmPlatform.Metering.Counters;

/// <summary>What one tenant used of one model in a window.</summary>
/// <param name="Tenant">The tenant; null in the row that counts what had no room.</param>
/// <param name="Model">The published model; null in that row.</param>
/// <param name="Requests">Requests that ended.</param>
/// <param name="InputTokens">Input tokens of all attempts.</param>
/// <param name="OutputTokens">Output tokens of all attempts.</param>
/// <param name="CostUsd">By the edge's price book.</param>
internal sealed record LiveUsageRow(
    string? Tenant, string? Model, long Requests, long InputTokens, long OutputTokens, decimal CostUsd);
