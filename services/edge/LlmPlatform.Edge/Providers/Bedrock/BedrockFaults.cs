using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LlmPlatform.Edge.Translation;

namespace LlmPlatform.Edge.Providers.Bedrock;

/// <summary>
/// What the exceptions of Bedrock mean. One that refuses has its name in a header or as <c>__type</c>, and says the
/// rest in <c>message</c>; within a stream its name begins with a small letter.
/// </summary>
internal static class BedrockFaults
{
    private const string TypeHeader = "x-amzn-ErrorType";

    /// <summary>Reads a refusal.</summary>
    public static ProviderFault Read(int status, HttpResponseHeaders headers, ReadOnlySpan<byte> body)
    {
        var (type, message) = ReadBody(body);
        var name = headers.TryGetValues(TypeHeader, out var values) ? values.First() : type;

        // ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/, com.amazon.coral#AccessDenied
        name = name?.Split(':')[0].Split('#')[^1] ?? "";
        return Of(name, message, status) with { RetryAfter = headers.RetryAfter?.Delta };
    }

    /// <summary>Reads an exception or an error within a stream.</summary>
    public static ProviderFault Read(in AwsEventMessage message)
    {
        var name = Encoding.UTF8.GetString(message.Name);
        return message.ErrorText.IsEmpty
            ? Of(name, ReadBody(message.Payload).Message, status: 500)
            : Of(name, Encoding.UTF8.GetString(message.ErrorText), status: 500);
    }

    private static ProviderFault Of(string name, string? message, int status) =>
        new(KindOf(name.ToLowerInvariant(), message ?? "", status), message ?? "The provider gave no reason.")
        {
            Code = name.Length == 0 ? null : name,
        };

    private static ProviderFaultKind KindOf(string name, string message, int status) => name switch
    {
        "validationexception" => KindOfInvalid(message),
        "accessdeniedexception" => ProviderFaultKind.Permission,
        "unrecognizedclientexception" or "invalidsignatureexception" or "incompletesignatureexception"
            or "missingauthenticationtokenexception" or "expiredtokenexception" or "requestexpiredexception"
            or "invalidclienttokenid" or "signaturedoesnotmatch" => ProviderFaultKind.Authentication,
        "resourcenotfoundexception" or "unknownoperationexception" => ProviderFaultKind.NotFound,

        // "Too many tokens per day, please wait before trying again."
        "throttlingexception" or "toomanyrequestsexception" =>
            Says(message, "per day") ? ProviderFaultKind.QuotaExhausted : ProviderFaultKind.RateLimited,
        "servicequotaexceededexception" => ProviderFaultKind.QuotaExhausted,
        "modelnotreadyexception" or "serviceunavailableexception" => ProviderFaultKind.Overloaded,
        "modeltimeoutexception" => ProviderFaultKind.Timeout,
        "internalserverexception" or "modelerrorexception" or "modelstreamerrorexception" => ProviderFaultKind.Server,
        _ => KindOfStatus(status),
    };

    // One exception for everything a request can be wrong in, our name of the model included.
    private static ProviderFaultKind KindOfInvalid(string message) =>
        Says(message, "model identifier") || Says(message, "on-demand throughput")
            || Says(message, "model id") || Says(message, "inference profile") ? ProviderFaultKind.NotFound
        : Says(message, "too long") || Says(message, "context length") || Says(message, "context window")
            || Says(message, "context limit") || Says(message, "too many input tokens")
            || Says(message, "maximum tokens") ? ProviderFaultKind.ContextLengthExceeded
        : Says(message, "content filter") || Says(message, "content polic") ? ProviderFaultKind.ContentPolicy
        : ProviderFaultKind.InvalidRequest;

    private static ProviderFaultKind KindOfStatus(int status) => status switch
    {
        401 => ProviderFaultKind.Authentication,
        402 => ProviderFaultKind.QuotaExhausted,
        403 => ProviderFaultKind.Permission,
        404 => ProviderFaultKind.NotFound,
        408 or 504 => ProviderFaultKind.Timeout,
        413 => ProviderFaultKind.TooLarge,
        424 => ProviderFaultKind.Server,
        429 => ProviderFaultKind.RateLimited,
        503 => ProviderFaultKind.Overloaded,
        >= 400 and < 500 => ProviderFaultKind.InvalidRequest,
        _ => ProviderFaultKind.Server,
    };

    private static bool Says(string message, string words) =>
        message.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static (string? Type, string? Message) ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? (Text(json.RootElement, "__type"),
                    Text(json.RootElement, "message") ?? Text(json.RootElement, "Message"))
                : default;
        }
        catch (JsonException)
        {
            // A proxy's page, or half of a document: the status and the header must do.
            return default;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && TryGetText(value, out var text)
            ? text
            : null;

    // Half a surrogate pair is a string to JSON and none to .NET.
    private static bool TryGetText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }
}
