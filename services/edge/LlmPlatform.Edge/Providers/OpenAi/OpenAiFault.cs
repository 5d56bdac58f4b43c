using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.OpenAi;

/// <summary>Reads what OpenAI, and all that are compatible with it, say when they refuse.</summary>
internal static class OpenAiFault
{
    private const int MaxMessageCharacters = 2000;
    private const string EventType = "error";

    /// <summary>Reads an error body or an error event.</summary>
    /// <param name="status">The HTTP status; 200 for an error inside a stream.</param>
    /// <param name="body">May be anything: a page of a proxy, nothing at all.</param>
    public static ProviderFault Read(int status, ReadOnlySpan<byte> body)
    {
        var (message, type, code, param) = ReadError(body);
        return new ProviderFault(KindOf(status, type, code), message ?? "")
        {
            Code = code ?? type,
            Param = param,
        };
    }

    private static ProviderFaultKind KindOf(int status, string? type, string? code) => (code ?? type, status) switch
    {
        ("context_length_exceeded", _) => ProviderFaultKind.ContextLengthExceeded,
        ("content_filter" or "content_policy_violation", _) => ProviderFaultKind.ContentPolicy,
        ("insufficient_quota" or "credit_balance_exhausted", _) => ProviderFaultKind.QuotaExhausted,
        ("rate_limit_exceeded", _) => ProviderFaultKind.RateLimited,
        ("server_is_overloaded" or "slow_down" or "overloaded_error", _) => ProviderFaultKind.Overloaded,
        ("invalid_api_key", _) => ProviderFaultKind.Authentication,
        ("model_not_found", _) => ProviderFaultKind.NotFound,
        ("invalid_prompt", _) => ProviderFaultKind.InvalidRequest,
        (_, 401 or 407) => ProviderFaultKind.Authentication,
        (_, 402) => ProviderFaultKind.QuotaExhausted,
        (_, 403) => ProviderFaultKind.Permission,
        (_, 404 or 405) => ProviderFaultKind.NotFound,
        (_, 408) => ProviderFaultKind.Timeout,
        (_, 413) => ProviderFaultKind.TooLarge,
        (_, 409 or 425 or 429) => ProviderFaultKind.RateLimited,
        (_, 503 or 529) => ProviderFaultKind.Overloaded,
        (_, 504) => ProviderFaultKind.Timeout,
        (_, >= 400 and < 500) => ProviderFaultKind.InvalidRequest,
        ("invalid_request_error", _) => ProviderFaultKind.InvalidRequest,
        _ => ProviderFaultKind.Server,
    };

    private static (string? Message, string? Type, string? Code, string? Param) ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var error = ErrorIn(document.RootElement);
            return error.ValueKind == JsonValueKind.Object
                ? (Text(error, "message"), TypeOf(error), Text(error, "code"), Text(error, "param"))
                : default;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    // Beside its type, in a member of its own, or, where a response failed, in a member of that.
    private static JsonElement ErrorIn(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        return root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error
            : root.TryGetProperty("response", out var response) ? ErrorIn(response)
            : Text(root, "type") == EventType ? root
            : default;
    }

    // "error" is the type of the event, not of what went wrong.
    private static string? TypeOf(JsonElement error) =>
        Text(error, "type") is { } type && type != EventType ? type : null;

    private static string? Text(JsonElement error, string member) =>
        error.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? Cut(value.GetString()!)
            : null;

    private static string Cut(string text) =>
        text.Length <= MaxMessageCharacters ? text : text[..MaxMessageCharacters];
}
