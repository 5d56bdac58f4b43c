using System.Text.Json;

namespace LlmPlatform.TestKit.Providers;

/// <summary>One call as the provider saw it.</summary>
public sealed record ProviderAttempt
{
    /// <summary>The id in the answer (<c>chatcmpl-…</c>); unique.</summary>
    public required string Id { get; init; }

    /// <summary>The <c>X-Request-Id</c> header received.</summary>
    public required string? RequestId { get; init; }

    /// <summary>The <c>X-Attempt</c> header received.</summary>
    public required string? Attempt { get; init; }

    /// <summary>The <c>Idempotency-Key</c> header received.</summary>
    public required string? IdempotencyKey { get; init; }

    /// <summary>The <c>Authorization</c> header received.</summary>
    public required string? Authorization { get; init; }

    public required string Model { get; init; }

    public required bool Streamed { get; init; }

    /// <summary>The request body received.</summary>
    public required JsonElement Body { get; init; }

    public AttemptOutcome Outcome { get; init; } = AttemptOutcome.Open;

    /// <summary>Status answered; 0 when none was.</summary>
    public int Status { get; init; }

    /// <summary>
    /// What this provider charges for: all of a whole answer, and of a broken one what was generated.
    /// </summary>
    public ProviderUsage Billed { get; init; } = new(0, 0);

    /// <summary>The usage was written to the caller.</summary>
    public bool UsageSent { get; init; }
}
