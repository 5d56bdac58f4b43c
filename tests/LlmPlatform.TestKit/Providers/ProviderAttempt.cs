using System.Text.Json;

namespace LlmPlatform.TestKit.Providers;

/// <summary>One call as the provider saw it.</summary>
public sealed record ProviderAttempt
{
    /// <summary>The id in the answer (<c>chatcmpl-…</c>, <c>msg_…</c>); unique.</summary>
    public required string Id { get; init; }

    /// <summary>Path and query as they were received.</summary>
    public required string Target { get; init; }

    /// <summary>Every header received, by its name in any case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The <c>X-Request-Id</c> header received.</summary>
    public string? RequestId => Headers.GetValueOrDefault("X-Request-Id");

    /// <summary>The <c>X-Attempt</c> header received.</summary>
    public string? Attempt => Headers.GetValueOrDefault("X-Attempt");

    /// <summary>The <c>Idempotency-Key</c> header received.</summary>
    public string? IdempotencyKey => Headers.GetValueOrDefault("Idempotency-Key");

    /// <summary>The <c>Authorization</c> header received.</summary>
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    /// <summary>The model asked for; empty when the request does not say.</summary>
    public required string Model { get; init; }

    public required bool Streamed { get; init; }

    /// <summary>The request body received.</summary>
    public required JsonElement Body { get; init; }

    public AttemptOutcome Outcome { get; init; } = AttemptOutcome.Open;

    /// <summary>Status answered; 0 when none was.</summary>
    public int Status { get; init; }

    /// <summary>What the provider found wrong with the request; null when nothing.</summary>
    public string? Fault { get; init; }

    /// <summary>
    /// What this provider charges for: all of a whole answer, and of a broken one what was generated.
    /// </summary>
    public ProviderUsage Billed { get; init; } = new(0, 0);

    /// <summary>The usage was written to the caller.</summary>
    public bool UsageSent { get; init; }
}
