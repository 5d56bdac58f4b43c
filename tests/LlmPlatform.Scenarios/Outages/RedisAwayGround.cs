using System.Globalization;
using System.Text;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.Scenarios.Stages;
using LlmPlatform.TestKit.Network;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Scenarios.Outages;

/// <summary>
/// A platform whose Redis is behind a proxy, and for each situation a tenant for each mode, with a budget and a key of
/// its own: what one situation used up another does not miss.
/// </summary>
public sealed class RedisAwayGround : IAsyncLifetime
{
    /// <summary>Calls that a key on the allowlist makes without Redis.</summary>
    public const int AllowlistCalls = 30;

    /// <summary>What a call is held, and what it costs.</summary>
    public const decimal HoldUsd = 0.001m;
    public const decimal CostUsd = 0.0005m;

    /// <summary>The budget of a tenant that goes on within its share; of it half may be used without Redis.</summary>
    public const decimal SharedLimitUsd = 0.08m;

    public const string Model = "quick";
    public const int MaxTokens = 100;

    private const decimal AmpleLimitUsd = 100m;
    private const int CompletionTokens = 50;

    private readonly Dictionary<string, string> _keys = [];
    private FakeProvider _provider = null!;
    private PrivateServers? _replica;

    public static IReadOnlyList<RedisFault> Faults { get; } =
        Enum.GetValues<RedisFault>();

    public static IReadOnlyList<AwayMode> Modes { get; } = Enum.GetValues<AwayMode>();

    public PlatformUnderTest Platform { get; private set; } = null!;

    public FaultyProxy Proxy => Platform.Servers.Proxies[RealServer.Redis];

    public AdminApi Admin => new(Platform);

    /// <summary>The server behind the proxy.</summary>
    public PrivateServers Redis => _replica ?? Platform.Servers.RedisServer;

    public static string TenantOf(RedisFault fault, AwayMode mode) =>
        $"{fault}{mode}".ToLowerInvariant();

    public string KeyOf(string tenant) => _keys[tenant];

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _provider.ScriptModel(Model, new ProviderScript
        {
            Usage = new ProviderUsage(Prompt: 10, Completion: CompletionTokens),
        });
        var variables = new Dictionary<string, string>
        {
            ["Edge__RedisAway__Edges"] = "1",
            ["Edge__RedisAway__AllowlistCalls"] = AllowlistCalls.ToString(CultureInfo.InvariantCulture),
            ["Edge__RedisAway__AllowlistWindow"] = "1.00:00:00",
            // A busy machine must not turn an admission away; how soon the others go on without it is the default.
            ["Quota__Holds__ReserveDeadline"] = "00:00:05",
        };
        foreach (var fault in Faults)
        {
            foreach (var mode in Modes)
                variables[$"Edge__RedisAway__Tenants__{TenantOf(fault, mode)}"] = $"{mode}";
        }

        Platform = await PlatformUnderTest.StartAsync(
            PlatformMode.OneProcess, await PlatformServers.WithRedisBehindProxyAsync(), Configuration(), variables);
    }

    /// <summary>From now on another server is behind the proxy.</summary>
    public async Task FailOverToAsync(PrivateServers replica)
    {
        if (_replica is not null)
            await _replica.DisposeAsync();
        _replica = replica;
        Proxy.Target = PlatformServers.PortOf(replica);
        Proxy.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        if (_replica is not null)
            await _replica.DisposeAsync();
        if (Platform is not null)
            await Platform.DisposeAsync();
        await _provider.DisposeAsync();
    }

    private string Configuration()
    {
        var (tenants, keys, budgets) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        foreach (var fault in Faults)
        {
            foreach (var mode in Modes)
            {
                var tenant = TenantOf(fault, mode);
                var limit = mode == AwayMode.LocalShare ? SharedLimitUsd : AmpleLimitUsd;
                _keys[tenant] = Stage.NewSecret();
                tenants.Append(CultureInfo.InvariantCulture, $"  - {{ name: {tenant} }}\n");
                keys.Append(
                    CultureInfo.InvariantCulture,
                    $"  - {{ name: {tenant}, tenant: {tenant}, secret: {_keys[tenant]} }}\n");
                budgets.Append(
                    CultureInfo.InvariantCulture,
                    $"  - {{ name: {tenant}, scope: \"tenant:{tenant}\", limit_usd: {limit}, period: monthly }}\n");
            }
        }

        return $$"""
            server: { time_zone: UTC }
            providers:
              - name: main
                kind: openai_compatible
                base_url: "{{_provider.BaseUrl}}"
                health: { enabled: false }
            models:
              - name: {{Model}}
                deployments: [ { provider: main, model: {{Model}} } ]
                price: { input: 0, output: 10 }
            tenants:
            {{tenants}}
            keys:
            {{keys}}
            budgets:
            {{budgets}}
            """;
    }
}
