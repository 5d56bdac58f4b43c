using System.Globalization;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Gemini;

/// <summary>
/// Reads what Google's APIs say when they refuse (<c>google.rpc.Status</c> with its details). Streams that were refused
/// before they began have it inside an array.
/// </summary>
internal static class GeminiFault
{
    private const int MaxMessageCharacters = 2000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Reads an error body.</summary>
    /// <param name="status">The HTTP status; 200 for an error inside a stream.</param>
    /// <param name="body">May be anything: a page of a proxy, nothing at all.</param>
    public static ProviderFault Read(int status, ReadOnlySpan<byte> body)
    {
        using var document = GeminiJson.Parse(body);
        return (document is null ? null : TryRead(status, document.RootElement))
            ?? new ProviderFault(KindOf(status), "");
    }

    /// <summary>Reads an error where there may be one; null where there is none.</summary>
    public static ProviderFault? TryRead(int status, JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
        {
            root = root[0];
        }

        if (GeminiJson.Object(root, "error"u8) is not { } error)
        {
            return null;
        }

        // An error inside a stream brings the status it would have had.
        var code = GeminiJson.Number(error, "code"u8)?.TryGetInt32(out var said) == true ? said : status;
        var message = Cut(GeminiJson.Text(error, "message"u8)) ?? "";
        var name = Cut(GeminiJson.Text(error, "status"u8));
        var details = GeminiFaultDetails.Read(error);
        return new ProviderFault(KindOf(name, code, message, details), message)
        {
            Code = name,
            Param = Cut(details.Field),
            RetryAfter = details.RetryDelay,
        };
    }

    /// <summary>A length of time as Google's JSON writes it, such as <c>17s</c> or <c>1.5s</c>.</summary>
    public static TimeSpan? Duration(string? text) =>
        text is [.. var digits, 's']
        && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= (decimal)LongestWait.TotalSeconds
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;

    private static string? Cut(string? text) =>
        text?.Length > MaxMessageCharacters ? text[..MaxMessageCharacters] : text;

    private static ProviderFaultKind KindOf(
        string? name, int status, string message, in GeminiFaultDetails details) => name switch
        {
            // A bad key is said to be a bad argument, but it is not the caller's.
            "INVALID_ARGUMENT" when details.Reason is "API_KEY_INVALID" or "API_KEY_EXPIRED" =>
                ProviderFaultKind.Authentication,
            "INVALID_ARGUMENT" when IsAboutLength(message) => ProviderFaultKind.ContextLengthExceeded,
            "INVALID_ARGUMENT" or "OUT_OF_RANGE" => ProviderFaultKind.InvalidRequest,

            // "User location is not supported", "enable billing": about our account.
            "FAILED_PRECONDITION" or "PERMISSION_DENIED" => ProviderFaultKind.Permission,
            "UNAUTHENTICATED" => ProviderFaultKind.Authentication,
            "NOT_FOUND" => ProviderFaultKind.NotFound,
            "RESOURCE_EXHAUSTED" when details.IsDaily => ProviderFaultKind.QuotaExhausted,
            "RESOURCE_EXHAUSTED" => ProviderFaultKind.RateLimited,
            "UNAVAILABLE" => ProviderFaultKind.Overloaded,
            "DEADLINE_EXCEEDED" => ProviderFaultKind.Timeout,
            "INTERNAL" or "UNKNOWN" or "ABORTED" or "DATA_LOSS" or "CANCELLED" => ProviderFaultKind.Server,
            _ => KindOf(status),
        };

    // "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    private static bool IsAboutLength(string message) =>
        message.Contains("token", StringComparison.OrdinalIgnoreCase)
        && message.Contains("exceeds the maximum number", StringComparison.OrdinalIgnoreCase);

    private static ProviderFaultKind KindOf(int status) => status switch
    {
        401 => ProviderFaultKind.Authentication,
        402 => ProviderFaultKind.QuotaExhausted,
        403 => ProviderFaultKind.Permission,
        404 or 405 => ProviderFaultKind.NotFound,
        408 or 504 => ProviderFaultKind.Timeout,
        413 => ProviderFaultKind.TooLarge,
        429 => ProviderFaultKind.RateLimited,
        503 or 529 => ProviderFaultKind.Overloaded,
        >= 400 and < 499 => ProviderFaultKind.InvalidRequest,
        _ => ProviderFaultKind.Server,
    };
}
