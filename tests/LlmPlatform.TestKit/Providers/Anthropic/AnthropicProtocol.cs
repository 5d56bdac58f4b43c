using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.TestKit.Providers.Anthropic;

/// <summary>Anthropic's API: messages and their token count under <c>/v1</c>.</summary>
internal sealed class AnthropicProtocol : IProviderProtocol
{
    /// <summary>The version in which a turn may be the system's.</summary>
    public const string Newest = "2026-10-21";

    private const string Oldest = "2023-06-01";

    private readonly Messages _messages = new();
    private readonly CountTokens _count = new();

    public string BasePath => "v1";

    public string IdPrefix => "msg_";

    public bool IsHealthProbe(HttpRequest request) => request is { Method: "GET", Path.Value: "/v1/models" };

    public ProviderRoute? RouteOf(HttpRequest request)
    {
        var version = request.Headers["anthropic-version"].ToString();
        return (request.Method, request.Path.Value) switch
        {
            ("POST", "/v1/messages") => new ProviderRoute(_messages, Version: version),
            ("POST", "/v1/messages/count_tokens") => new ProviderRoute(_count, Version: version),
            _ => null,
        };
    }

    public void Authenticate(HttpRequest request, string? key)
    {
        var given = request.Headers["x-api-key"].ToString();
        if (given.Length == 0)
            given = request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        if (given.Length == 0)
            throw new ProviderRefusal(401, "x-api-key header is required");
        if (key is not null && given != key)
            throw new ProviderRefusal(401, "invalid x-api-key");
        var version = request.Headers["anthropic-version"].ToString();
        if (version.Length == 0)
            throw new ProviderRefusal(400, "anthropic-version: header is required");
        if (version is not (Oldest or Newest))
            throw new ProviderRefusal(400, $"anthropic-version: \"{version}\" is not a valid version");
        if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new ProviderRefusal(400, "content-type: application/json is required");
    }

    public void AddHeaders(HttpResponse response, string answerId)
    {
        response.Headers["request-id"] = $"req_{answerId}";
        response.Headers["anthropic-organization-id"] = "org-of-the-fake";
        response.Headers["anthropic-ratelimit-requests-limit"] = "4000";
        response.Headers["anthropic-ratelimit-requests-remaining"] = "3999";
        response.Headers["anthropic-ratelimit-requests-reset"] = "2030-01-01T00:00:00Z";
    }

    public JsonObject ErrorBody(ProviderRefusal refusal) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject
        {
            ["type"] = refusal.Kind ?? KindOf(refusal.Status),
            ["message"] = refusal.Message,
        },
        ["request_id"] = "req_of_the_fake",
    };

    public void AddErrorHeaders(HttpResponse response, ProviderRefusal refusal)
    {
        if (refusal.RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds;
        response.Headers["x-should-retry"] = refusal.Status is 408 or 409 or 429 or >= 500 ? "true" : "false";
    }

    private static string KindOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
