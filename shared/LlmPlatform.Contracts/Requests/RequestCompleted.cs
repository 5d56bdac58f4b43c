namespace LlmPlatform.Contracts.Requests;

/// <summary>
/// Operations and audit: one per gateway request, refusals and recovered calls included. Never sampled. Holds ids,
/// sizes and times; never a prompt, a completion or a key.
/// </summary>
public sealed record RequestCompleted
{
    /// <summary>UUIDv5 of the request.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The gateway's request id (UUIDv7), as in the <c>X-Request-Id</c> response header.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>When the request was admitted or refused.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>From the first byte in to the last byte out.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Until the first content byte left, when there was one.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>The public route, for example <c>/v1/chat/completions</c>.</summary>
    public required string Route { get; init; }

    /// <summary>The tenant; null when the caller could not be authenticated.</summary>
    public string? Tenant { get; init; }

    /// <summary>The team within the tenant.</summary>
    public string? Team { get; init; }

    /// <summary>The user the key belongs to.</summary>
    public string? User { get; init; }

    /// <summary>The virtual key's id; never the key.</summary>
    public string? KeyId { get; init; }

    /// <summary>The virtual key's name.</summary>
    public string? KeyName { get; init; }

    /// <summary>The model name the caller sent, cut to 200 characters.</summary>
    public string? ModelRequested { get; init; }

    /// <summary>The published model that served.</summary>
    public string? Model { get; init; }

    /// <summary>The provider that served.</summary>
    public string? Provider { get; init; }

    /// <summary>True when the caller asked for a stream.</summary>
    public bool IsStream { get; init; }

    /// <summary>The HTTP status the caller received.</summary>
    public required int Status { get; init; }

    /// <summary>The stable error code of a refusal or failure, for example <c>budget_exceeded</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The budget that refused, when one did.</summary>
    public RefusedBudget? RefusedBudget { get; init; }

    /// <summary>Every candidate tried, in order.</summary>
    public IReadOnlyList<AttemptSummary> Attempts { get; init; } = [];

    /// <summary>Why a fallback served, when one did.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Bytes of the request body.</summary>
    public long RequestBytes { get; init; }

    /// <summary>Bytes of the response body.</summary>
    public long ResponseBytes { get; init; }

    /// <summary>Input tokens of all attempts together.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output tokens of all attempts together.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Cost of all attempts together in nano-USD, by the edge's price book.</summary>
    public long CostNanoUsd { get; init; }

    /// <summary>True when the edge died during the call and this was written at its restart.</summary>
    public bool Recovered { get; init; }
}
