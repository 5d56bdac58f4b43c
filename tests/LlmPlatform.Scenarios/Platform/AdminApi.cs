using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LlmPlatform.Scenarios.Platform;

/// <summary>
/// The operator's side: <c>/admin/v1</c>, each resource at the service that owns it.
/// </summary>
/// <param name="platform">The platform.</param>
/// <param name="key">What is shown; null: the master key.</param>
public sealed class AdminApi(PlatformUnderTest platform, string? key = null)
{
    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    // The longer path first: metering counts live usage, billing reports what was recorded.
    private static readonly (string Path, string Service)[] _owners =
    [
        ("usage/live", "metering"), ("limits", "metering"), ("budgets", "metering"),
        ("usage", "billing"), ("bills", "billing"), ("prices", "billing"),
        ("audit", "audit"),
        ("channels", "alerting"), ("alerts", "alerting"), ("deliveries", "alerting"),
        ("incidents", "alerting"),
        ("providers", "router"), ("models", "router"), ("routes", "router"), ("health", "router"),
        ("tenants", "edge"), ("teams", "edge"), ("users", "edge"), ("keys", "edge"), ("proposals", "billing"),
        ("completeness", "billing"),
    ];

    /// <param name="path">For example <c>usage?group_by=model</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<JsonElement>(await GetTextAsync(path, cancellationToken));

    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, path);
        return await SendAsync(request, cancellationToken);
    }

    public async Task<JsonElement> PostAsync(string path, object? body, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return JsonSerializer.Deserialize<JsonElement>(await SendAsync(request, cancellationToken));
    }

    /// <summary>Whatever the answer is.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> TryAsync(
        HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = Request(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return (response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var owner = _owners.First(owner => path.StartsWith(owner.Path, StringComparison.Ordinal)).Service;
        var request = new HttpRequestMessage(method, new Uri(platform.UrlOf(owner), $"admin/v1/{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? platform.MasterKey);
        return request;
    }

    private static async Task<string> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? text
            : throw new HttpRequestException(
                $"{request.Method} {request.RequestUri} was answered {(int)response.StatusCode}: {text}",
                null, response.StatusCode);
    }
}
