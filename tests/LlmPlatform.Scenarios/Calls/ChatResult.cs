using System.Globalization;
using System.Net;
using System.Text.Json;

namespace LlmPlatform.Scenarios.Calls;

/// <summary>What a caller saw of one call.</summary>
public sealed record ChatResult
{
    /// <summary>Null when the connection was refused or broke before a status came.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The <c>X-Request-Id</c> header.</summary>
    public string? RequestId { get; init; }

    /// <summary>Every response header, by its name in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The text of the answer.</summary>
    public string Text { get; init; } = "";

    /// <summary>The answer to its last byte: <c>[DONE]</c> of a stream.</summary>
    public bool IsComplete { get; init; }

    /// <summary>The usage object, when the answer carried one.</summary>
    public JsonElement? Usage { get; init; }

    /// <summary>The error object of a refusal, or of the event that ended a stream.</summary>
    public JsonElement? Error { get; init; }

    /// <summary>Why the connection broke.</summary>
    public string? Fault { get; init; }

    public string? ErrorCode => Error?.GetProperty("code").GetString();

    /// <summary>A 402 that only open calls stand behind: it says how much they hold.</summary>
    public bool IsHeldOnly => ErrorCode == "budget_exceeded"
        && (Error!.Value.TryGetProperty("held_usd", out _) || Error!.Value.TryGetProperty("held_tokens", out _));

    public bool Succeeded => Status == HttpStatusCode.OK && IsComplete && Error is null;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(int?)Status} {ErrorCode} complete: {IsComplete} {Fault} ({RequestId})");
}
