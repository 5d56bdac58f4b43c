using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers.Gemini;

/// <summary>
/// Gemini's API under <c>/v1beta</c>, and the same operations under Vertex AI's paths, where a bearer token is asked
/// for instead of a key.
/// </summary>
internal sealed partial class GeminiProtocol : IProviderProtocol
{
    private readonly Dictionary<string, IProviderOperation> _operations = new()
    {
        ["generateContent"] = new GenerateContent(),
        ["streamGenerateContent"] = new GenerateContent(),
        ["countTokens"] = new CountContent(),
        ["batchEmbedContents"] = new EmbedContents(),
    };

    public string BasePath => "v1beta";

    public string IdPrefix => "gemini-";

    public bool IsHealthProbe(HttpRequest request) => request is { Method: "GET", Path.Value: "/v1beta/models" };

    public ProviderRoute? RouteOf(HttpRequest request)
    {
        var address = Address().Match(request.Path.Value!);
        if (request.Method != "POST"
            || !address.Success
            || !_operations.TryGetValue(address.Groups["verb"].Value, out var operation))
        {
            return null;
        }

        var streamed = address.Groups["verb"].Value == "streamGenerateContent";
        return new ProviderRoute(operation, address.Groups["model"].Value, streamed);
    }

    public void Authenticate(HttpRequest request, string? key)
    {
        // The vendor takes a key there too; but addresses are logged by everything on the way.
        if (request.Query.ContainsKey("key"))
            throw new ProviderRefusal(400, "The API key is in the address: it belongs in x-goog-api-key.");
        var isVertex = request.Path.Value!.Contains("/publishers/google/", StringComparison.Ordinal);
        var given = isVertex
            ? request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal)
            : request.Headers["x-goog-api-key"].ToString();
        if (given.Length == 0 && isVertex)
            throw new ProviderRefusal(401, "Request is missing required authentication credential.");
        if (given.Length == 0)
        {
            throw new ProviderRefusal(
                403, "Method doesn't allow unregistered callers (callers without established identity).");
        }

        if (key is not null && given != key)
            throw new ProviderRefusal(400, "API key not valid. Please pass a valid API key.");
        if (request.Path.Value!.EndsWith(":streamGenerateContent", StringComparison.Ordinal)
            && request.Query["alt"] != "sse")
        {
            throw new ProviderRefusal(400, "Without alt=sse the stream is one JSON array, which nobody here reads.");
        }
    }

    public void AddHeaders(HttpResponse response, string answerId) => response.Headers["server-timing"] = "dur=12";

    public JsonObject ErrorBody(ProviderRefusal refusal)
    {
        var details = new JsonArray();
        if (refusal.RetryAfterSeconds is { } seconds)
        {
            details.Add(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.RetryInfo",
                ["retryDelay"] = seconds + "s",
            });
        }

        var error = new JsonObject
        {
            ["code"] = refusal.Status,
            ["message"] = refusal.Message,
            ["status"] = refusal.Kind ?? StatusOf(refusal.Status),
        };
        if (details.Count > 0)
            error["details"] = details;
        return new JsonObject { ["error"] = error };
    }

    // When to come again is said in the body alone.
    public void AddErrorHeaders(HttpResponse response, ProviderRefusal refusal)
    {
    }

    private static string StatusOf(int status) => status switch
    {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    };

    [GeneratedRegex("/models/(?<model>[^/]+):(?<verb>[A-Za-z]+)$")]
    private static partial Regex Address();
}
