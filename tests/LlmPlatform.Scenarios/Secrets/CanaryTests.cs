using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Issuers;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Sinks;

namespace LlmPlatform.Scenarios.Secrets;

/// <summary>
/// What people and models say to each other, and what opens doors, is nowhere but where it has to be: not in a log at
/// its most talkative, a span, a metric, a message, a row, a file or the answer to somebody who did something wrong.
/// </summary>
public sealed class CanaryTests
{
    private const string Tenant = "canary-tenant";

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);
    private static readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(1) };

    private readonly List<string> _refusals = [];

    private readonly string _prompt = NewCanary("prompt");
    private readonly string _completion = NewCanary("completion");
    private readonly string _providerKey = NewCanary("provider-key");
    private readonly string _providerHeader = NewCanary("provider-header");
    private readonly string _fileKey = NewCanary("sk-file-key");
    private readonly string _strangersKey = NewCanary("sk-strangers-key");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public Task No_secret_and_no_text_of_a_call_is_kept_or_said_anywhere() =>
        LookEverywhereAsync(PlatformMode.SeparateProcesses);

    [Fact]
    [Trait("Category", "Long")]
    public Task Nor_is_it_where_all_services_are_one_process() => LookEverywhereAsync(PlatformMode.OneProcess);

    private async Task LookEverywhereAsync(PlatformMode mode)
    {
        await using var provider = await FakeProvider.StartAsync(new ProviderScript { Word = _completion });
        await using var claude = await FakeProvider.StartAsync(
            new ProviderScript { Word = _completion }, ProviderWire.Anthropic);
        (provider.ApiKey, claude.ApiKey) = (_providerKey, _providerKey);
        await using var issuer = await FakeIssuer.StartAsync();
        issuer.AddKey("k", "ES256");
        await using var telemetry = await OtlpCollector.StartAsync();
        await using var platform = await PlatformUnderTest.StartAsync(
            mode,
            await PlatformServers.SharedAsync(),
            Configuration(provider, claude, issuer),
            new Dictionary<string, string>
            {
                ["PROVIDER_KEY"] = _providerKey,
                ["PROVIDER_HEADER"] = _providerHeader,
                ["FILE_KEY"] = _fileKey,
                ["LLM_PLATFORM_LOG_LEVEL"] = "Trace",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry.Url,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            });
        await using var bus = await BusTap.OpenAsync(platform.Servers.RabbitMq, Now);

        var secrets = new Dictionary<string, string>
        {
            ["prompt"] = _prompt,
            ["completion"] = _completion,
            ["provider key"] = _providerKey,
            ["provider header"] = _providerHeader,
            ["key of the file"] = _fileKey,
            ["stranger's key"] = _strangersKey,
            ["master key"] = platform.MasterKey,
            ["encryption key"] = platform.EncryptionKey,
        };
        var edge = platform.Edges[^1];
        await CallInEveryWayAsync(edge, _fileKey);
        await UseKeysAsync(platform, secrets);
        await UseTokensAsync(edge, issuer, secrets);
        await DoWrongAsync(edge, provider);
        await UntilAllHaveHeardAsync(platform, telemetry, bus, edge);

        var places = new Dictionary<string, string>(await KeptText.OfAsync(platform, Now))
        {
            ["bus"] = bus.Heard,
            ["telemetry"] = telemetry.Received,
            ["refusals"] = string.Join('\n', _refusals),
        };
        AssertLooked(places, bus);
        var found = places.SelectMany(place => secrets
            .Where(secret => place.Value.Contains(secret.Value, StringComparison.Ordinal))
            .Select(secret => $"the {secret.Key} is in: {place.Key}, {Around(place.Value, secret.Value)}"));
        Assert.Empty(found);
    }

    private static string NewCanary(string what) =>
        $"{what}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10))}";

    // Enough to find it, and not the secret itself.
    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return text[Math.Max(0, at - 200)..at].Replace('\n', ' ');
    }

    private static string Configuration(FakeProvider provider, FakeProvider claude, FakeIssuer issuer) =>
        $$"""
        server: { time_zone: UTC }
        providers:
          - name: main
            kind: openai_compatible
            base_url: "{{provider.BaseUrl}}"
            api_key: ${PROVIDER_KEY}
            headers: { X-Secret: "${PROVIDER_HEADER}" }
            health: { interval: 1s, timeout: 1s }
          - { name: claude, kind: anthropic, base_url: "{{claude.BaseUrl}}", api_key: "${PROVIDER_KEY}" }
        tenants: [ { name: {{Tenant}} } ]
        keys:
          - { name: canary-file-key, tenant: {{Tenant}}, secret: "${FILE_KEY}" }
        budgets:
          - { name: canary-budget, scope: "tenant:{{Tenant}}", limit_usd: 100, period: monthly }
        models:
          - { name: chat, deployments: [ { provider: main, model: chat } ], price: { input: 1, output: 2 } }
          - { name: claude, deployments: [ { provider: claude, model: claude } ], price: { input: 1, output: 2 } }
        auth:
          jwt:
            - issuer: "{{FakeIssuer.Name}}"
              audience: {{FakeIssuer.Audience}}
              jwks_url: "{{issuer.KeysUrl}}"
              tenant_claim: org
        """;

    private async Task CallInEveryWayAsync(Uri edge, string key)
    {
        foreach (var model in new[] { "chat", "claude" })
        {
            foreach (var stream in new[] { false, true })
            {
                var messages = new[] { new { role = "user", content = _prompt } };
                await SucceedAsync(edge, "v1/chat/completions", key, new { model, stream, messages, user = _prompt });
                await SucceedAsync(edge, "v1/messages", key, new { model, stream, messages, max_tokens = 50 });
                await SucceedAsync(edge, "v1/responses", key, new { model, stream, input = _prompt });
            }
        }
    }

    private async Task UseKeysAsync(PlatformUnderTest platform, Dictionary<string, string> secrets)
    {
        var admin = new AdminApi(platform);
        var made = await admin.PostAsync("keys", new { name = "canary-made", tenant = Tenant, user = "ann" }, Now);
        secrets["made key"] = made.GetProperty("key").GetString()!;
        var renewed = await admin.PostAsync("keys/canary-made/rotate", new { grace = "1h" }, Now);
        secrets["rotated key"] = renewed.GetProperty("key").GetString()!;
        var role = await admin.PostAsync("keys", new { name = "canary-role", tenant = Tenant, role = "auditor" }, Now);
        secrets["key with a role"] = role.GetProperty("key").GetString()!;

        var auditor = new AdminApi(platform, secrets["key with a role"]);
        foreach (var path in new[] { "keys", "usage", "audit", "limits", "channels", "providers", "models", "prices" })
            await auditor.GetAsync(path, Now);
        foreach (var edge in platform.Edges)
        {
            foreach (var key in new[] { secrets["made key"], secrets["rotated key"] })
                await EventuallySucceedAsync(edge, key);
        }

        await admin.PostAsync("keys/canary-made/revoke", null, Now);
        await RefusedAsync(platform.Edges[0], "v1/chat/completions", secrets["made key"], Body("chat"));
        var stranger = new AdminApi(platform, _strangersKey);
        foreach (var path in new[] { "keys", "usage", "audit" })
            Note((await stranger.TryAsync(HttpMethod.Get, path, null, Now)).Answer);
    }

    private async Task UseTokensAsync(Uri edge, FakeIssuer issuer, Dictionary<string, string> secrets)
    {
        secrets["token"] = issuer.Sign("k", "ES256", claims => claims["org"] = Tenant);
        secrets["token of nobody"] = issuer.Sign("k", "ES256", claims => claims["org"] = "nobody");
        secrets["token that expired"] = issuer.Sign("k", "ES256", claims => claims["exp"] = 1);
        await EventuallySucceedAsync(edge, secrets["token"]);
        await RefusedAsync(edge, "v1/chat/completions", secrets["token of nobody"], Body("chat"));
        await RefusedAsync(edge, "v1/chat/completions", secrets["token that expired"], Body("chat"));
        await RefusedAsync(edge, "v1/chat/completions", secrets["token"][..^2], Body("chat"));
        foreach (var name in new[] { "token", "token of nobody", "token that expired" })
            secrets["signature of " + name] = secrets[name].Split('.')[2];
    }

    private async Task DoWrongAsync(Uri edge, FakeProvider provider)
    {
        await RefusedAsync(edge, "v1/chat/completions", _strangersKey, Body("chat"));
        await RefusedAsync(edge, "v1/chat/completions", _fileKey, Body("no-such-model"));
        await RefusedAsync(edge, "v1/chat/completions", _fileKey, $"{{\"model\":\"chat\",\"messages\":[\"{_prompt}");
        await RefusedAsync(edge, "v1/messages", _fileKey, Body("chat").Replace("model", _prompt));
        await RefusedAsync(edge, $"v1/{_prompt[..6]}", _fileKey, Body("chat"));

        // The provider refuses with words of its own, and then it does not know us any more.
        provider.RefuseNext(1, 400);
        await RefusedAsync(edge, "v1/chat/completions", _fileKey, Body("chat"));
        provider.ApiKey = "another";
        await RefusedAsync(edge, "v1/chat/completions", _fileKey, Body("chat"));
        provider.ApiKey = _providerKey;
    }

    private async Task UntilAllHaveHeardAsync(
        PlatformUnderTest platform, OtlpCollector telemetry, BusTap bus, Uri edge)
    {
        // The last call: when its usage and its trail are there, those of the calls before are.
        var id = await SucceedAsync(edge, "v1/chat/completions", _fileKey, Body("chat"));
        var admin = new AdminApi(platform);
        await Eventually.UntilAsync(
            () => admin.GetAsync($"audit/{id}", Now),
            record => record.GetProperty("sequence").GetInt64() > 0, _deadline, "the trail has the last call", Now);
        await Eventually.UntilAsync(
            () => UsageRow.ReadAsync(platform, ["chat"], Now),
            rows => rows.Any(row => row.RequestId == id), _deadline, "billing has the last call", Now);
        await Eventually.UntilAsync(
            () => bus.Heard.Contains(id, StringComparison.Ordinal), _deadline, "the bus was heard", Now);
        await Eventually.UntilAsync(
            () => telemetry.ReceivedAt("/v1/traces").Contains("/v1/chat/completions", StringComparison.Ordinal)
                && telemetry.ReceivedAt("/v1/metrics").Contains("gateway", StringComparison.Ordinal),
            _deadline, "spans and metrics were exported", Now);
    }

    // Nothing can be said to be absent from a place that was not looked at.
    private static void AssertLooked(Dictionary<string, string> places, BusTap bus)
    {
        Assert.True(bus.Exchanges >= 4, $"the tap hears {bus.Exchanges} kinds of messages");
        foreach (var (place, text) in places)
        {
            var expected = place switch
            {
                "redis" => "withdrawn:{q}",
                "postgres" => "canary-file-key",
                "clickhouse" or "bus" => Tenant,
                "telemetry" => "/v1/chat/completions",
                "refusals" => "invalid_api_key",
                _ when place.StartsWith("log", StringComparison.Ordinal) => "Now listening on",
                _ when place.StartsWith("metrics", StringComparison.Ordinal) => "# TYPE",
                "disk of edge-1" or "disk of edge-2" or "disk of platform" => Tenant,
                _ => "",
            };
            Assert.True(text.Contains(expected, StringComparison.Ordinal), $"{place} does not have {expected}");
        }
    }

    private string Body(string model) =>
        JsonSerializer.Serialize(new { model, messages = new[] { new { role = "user", content = _prompt } } });

    private Task<HttpStatusCode> EventuallySucceedAsync(Uri edge, string key) => Eventually.UntilAsync(
        async () =>
        {
            using var answer = await SendAsync(edge, "v1/chat/completions", key, Body("chat"));
            return answer.StatusCode;
        },
        status => status == HttpStatusCode.OK,
        _deadline, "the caller is known", Now);

    private Task<string> SucceedAsync(Uri edge, string path, string key, object body) =>
        SucceedAsync(edge, path, key, JsonSerializer.Serialize(body));

    private async Task<string> SucceedAsync(Uri edge, string path, string key, string body)
    {
        using var answer = await SendAsync(edge, path, key, body);
        var text = await answer.Content.ReadAsStringAsync(Now);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        Assert.Contains(_completion, text, StringComparison.Ordinal);
        return answer.Headers.GetValues("X-Request-Id").Single();
    }

    private async Task RefusedAsync(Uri edge, string path, string key, string body)
    {
        using var answer = await SendAsync(edge, path, key, body);
        Assert.True((int)answer.StatusCode >= 400, $"{path} was answered {(int)answer.StatusCode}");
        _refusals.Add($"{answer.Headers}{await answer.Content.ReadAsStringAsync(Now)}");
    }

    private void Note(JsonElement refusal) => _refusals.Add(refusal.ToString());

    private static async Task<HttpResponseMessage> SendAsync(Uri edge, string path, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(edge, path))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _http.SendAsync(request, Now);
    }
}
