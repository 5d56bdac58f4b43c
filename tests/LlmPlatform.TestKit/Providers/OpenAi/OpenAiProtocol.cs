using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers.OpenAi;

/// <summary>OpenAI's API under <c>/v1</c>.</summary>
internal sealed class OpenAiProtocol : IProviderProtocol
{
    private const string ResponsesPath = "/v1/responses";

    private readonly Dictionary<string, IProviderOperation> _operations;
    private readonly KeptResponse _kept;
    private readonly KeptResponse _forgotten;

    public OpenAiProtocol()
    {
        var responses = new Responses();
        _kept = new KeptResponse(responses, forgets: false);
        _forgotten = new KeptResponse(responses, forgets: true);
        _operations = new Dictionary<string, IProviderOperation>
        {
            ["/v1/chat/completions"] = new ChatCompletions(),
            ["/v1/completions"] = new Completions(),
            ["/v1/embeddings"] = new Embeddings(),
            [ResponsesPath] = responses,
        };
    }

    public string BasePath => "v1";

    public string IdPrefix => "chatcmpl-";

    public bool IsHealthProbe(HttpRequest request) => request is { Method: "GET", Path.Value: "/v1/models" };

    public ProviderRoute? RouteOf(HttpRequest request) => request.Method switch
    {
        "POST" when _operations.TryGetValue(request.Path.Value!, out var operation) => new ProviderRoute(operation),
        "GET" when request.Path.StartsWithSegments(ResponsesPath) => new ProviderRoute(_kept),
        "DELETE" when request.Path.StartsWithSegments(ResponsesPath) => new ProviderRoute(_forgotten),
        _ => null,
    };

    public void Authenticate(HttpRequest request, string? key)
    {
        if (key is null || request.Headers.Authorization == $"Bearer {key}")
            return;
        throw new ProviderRefusal(401, "Incorrect API key provided.") { Code = "invalid_api_key" };
    }

    public void AddHeaders(HttpResponse response, string answerId)
    {
        response.Headers["x-request-id"] = $"req_{answerId}";
        response.Headers["openai-version"] = "2020-10-01";
        response.Headers["openai-processing-ms"] = "12";
        response.Headers["x-ratelimit-limit-requests"] = "500";
        response.Headers["x-ratelimit-remaining-requests"] = "499";
        response.Headers["x-ratelimit-reset-requests"] = "120ms";
    }

    public JsonObject ErrorBody(ProviderRefusal refusal) => new()
    {
        ["error"] = new JsonObject
        {
            ["message"] = refusal.Message,
            ["type"] = refusal.Kind ?? KindOf(refusal.Status),
            ["param"] = refusal.Param,
            ["code"] = refusal.Code ?? CodeOf(refusal.Status),
        },
    };

    public void AddErrorHeaders(HttpResponse response, ProviderRefusal refusal)
    {
        if (refusal.RetryAfter is not { } wait)
            return;
        response.Headers.RetryAfter = refusal.RetryAfterSeconds;
        response.Headers["retry-after-ms"] = wait.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
    }

    private static string KindOf(int status) => status switch
    {
        429 => "requests",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string? CodeOf(int status) => status switch
    {
        401 => "invalid_api_key",
        404 => "unknown_url",
        429 => "rate_limit_exceeded",
        503 => "server_is_overloaded",
        >= 500 => "server_error",
        _ => null,
    };
}
