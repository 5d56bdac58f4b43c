using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Anthropic;

/// <summary>Reads what Anthropic, and all that are compatible with it, say when they refuse.</summary>
internal static class AnthropicFault
{
    private const int MaxMessageCharacters = 2000;

    /// <summary>Reads an error body or an error event.</summary>
    /// <param name="status">The HTTP status; 200 for an error inside a stream.</param>
    /// <param name="body">May be anything: a page of a proxy, nothing at all.</param>
    public static ProviderFault Read(int status, ReadOnlySpan<byte> body)
    {
        var (type, message, code) = ReadError(body);
        return new ProviderFault(KindOf(status, type, message ?? "", code), message ?? "") { Code = code ?? type };
    }

    /// <summary>Whether a body is an error in Anthropic's words, where it may be one in others'.</summary>
    public static bool Understands(ReadOnlySpan<byte> body) => ReadError(body).Type is not null;

    // Some faults share a type and are told apart by their words alone: those of money and of length.
    private static ProviderFaultKind KindOf(int status, string? type, string message, string? code)
    {
        if (code is "enforced_spend_limit_reached" or "contract_spend_limit_reached" || SpeaksOfMoney(message))
        {
            return ProviderFaultKind.QuotaExhausted;
        }

        // Under the status of a wrong request, and still about our account.
        if (code is "organization_on_hold" or "organization_type_not_supported" or "parent_organization_required"
            || code?.StartsWith("cmek_key_", StringComparison.Ordinal) == true)
        {
            return ProviderFaultKind.Permission;
        }

        if (Says(message, "prompt is too long") || Says(message, "exceed context limit"))
        {
            return ProviderFaultKind.ContextLengthExceeded;
        }

        return Says(message, "content filtering policy") ? ProviderFaultKind.ContentPolicy : ByType(status, type);
    }

    private static bool SpeaksOfMoney(string message) =>
        Says(message, "credit balance is too low")
        || Says(message, "specified API usage limits")
        || Says(message, "specified workspace API usage limits");

    private static ProviderFaultKind ByType(int status, string? type) => type switch
    {
        "authentication_error" => ProviderFaultKind.Authentication,
        "billing_error" => ProviderFaultKind.QuotaExhausted,
        "permission_error" => ProviderFaultKind.Permission,
        "not_found_error" => ProviderFaultKind.NotFound,
        "request_too_large" => ProviderFaultKind.TooLarge,
        "rate_limit_error" or "conflict_error" => ProviderFaultKind.RateLimited,
        "timeout_error" => ProviderFaultKind.Timeout,
        "overloaded_error" => ProviderFaultKind.Overloaded,
        "invalid_request_error" => ByStatus(status, ProviderFaultKind.InvalidRequest),
        _ => ByStatus(status, ProviderFaultKind.Server),
    };

    private static ProviderFaultKind ByStatus(int status, ProviderFaultKind otherwise) => status switch
    {
        401 or 407 => ProviderFaultKind.Authentication,
        402 => ProviderFaultKind.QuotaExhausted,
        403 => ProviderFaultKind.Permission,
        404 or 405 => ProviderFaultKind.NotFound,
        408 or 504 => ProviderFaultKind.Timeout,
        409 or 425 or 429 => ProviderFaultKind.RateLimited,
        413 => ProviderFaultKind.TooLarge,
        503 or 529 => ProviderFaultKind.Overloaded,
        >= 400 and < 500 => ProviderFaultKind.InvalidRequest,
        _ => otherwise,
    };

    private static bool Says(string message, string words) =>
        message.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static (string? Type, string? Message, string? Code) ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            {
                return default;
            }

            var code = error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
                ? Text(details, "error_code")
                : null;
            return (Text(error, "type"), Text(error, "message"), code);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is how a text is reported that is no valid Unicode.
            return default;
        }
    }

    private static string? Text(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? Cut(value.GetString()!)
            : null;

    private static string Cut(string text) =>
        text.Length <= MaxMessageCharacters ? text : text[..MaxMessageCharacters];
}
