using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LlmPlatform.Scenarios.Calls;
using LlmPlatform.Scenarios.Platform;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;

namespace LlmPlatform.Chaos.Grounds;

/// <summary>
/// A platform on four servers of its own, any of which may be killed, and a provider whose ledger says what must be
/// billed. Every call is remembered, with what its caller saw of it.
/// </summary>
public sealed class ProvingGround : IAsyncDisposable
{
    /// <summary>The budget that every call is held against.</summary>
    public const string Budget = "all";

    /// <summary>A budget that refuses nothing and has a threshold at every step of what a run spends.</summary>
    public const string Watched = "watched";

    /// <summary>Models <c>stream-1</c> to <c>stream-8</c> take so many half seconds.</summary>
    public const int Lengths = 8;

    /// <summary>A model that answers at once.</summary>
    public const string Quick = "quick";

    /// <summary>A model whose provider breaks off in the middle of every answer.</summary>
    public const string Breaking = "breaking";

    private const int ChunksPerLength = 5;
    private const int TokensOfAnAnswer = 500;

    // Short enough to see that what a dead process held comes free.
    private static readonly Dictionary<string, string> _variables = new()
    {
        ["Quota__Holds__Lease"] = "00:00:08",
        ["Edge__Requests__LeaseRenewal"] = "00:00:01",
        ["Edge__Watermark__Interval"] = "00:00:01",
        // A busy machine must not turn an admission away: what is refused is to be the fault's doing.
        ["Quota__Holds__ReserveDeadline"] = "00:00:05",
        // Small enough that a test can fill it while the broker is away.
        ["Edge__Spool__MaxBytes"] = "2097152",
        ["Edge__Spool__SegmentBytes"] = "131072",
    };

    private readonly string _key = $"sk-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
    private readonly ConcurrentQueue<CallMade> _calls = new();

    private ProvingGround(FakeProvider provider) => Provider = provider;

    public FakeProvider Provider { get; }

    public PlatformUnderTest Platform { get; private set; } = null!;

    public AdminApi Admin => new(Platform);

    public PrivateServers Servers => Platform.Servers.Own!;

    /// <summary>Every call that has ended, of all tests on this ground.</summary>
    public IReadOnlyList<CallMade> Calls => [.. _calls];

    /// <summary>What was done to this ground, in order.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>How often an edge was killed.</summary>
    public int EdgeDeaths => Faults.Count(fault => fault.Contains(" edge-", StringComparison.Ordinal)
        || fault.EndsWith(PlatformUnderTest.Platform, StringComparison.Ordinal));

    public static async Task<ProvingGround> StartAsync(PlatformMode mode)
    {
        var ground = new ProvingGround(await FakeProvider.StartAsync());
        try
        {
            ground.ScriptProvider();
            ground.Platform = await PlatformUnderTest.StartAsync(
                mode, await PlatformServers.BehindProxiesAsync(), ground.Configuration(), _variables);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }

    /// <summary>Streams one call to its end, whatever that is.</summary>
    /// <param name="edge">Whom to ask.</param>
    /// <param name="length">From 1 to <see cref="Lengths"/>: how many half seconds it takes.</param>
    /// <param name="maxTokens">What the provider will say that it used.</param>
    /// <param name="onText">Runs at each piece of text.</param>
    public Task<CallMade> CallAsync(Uri edge, int length, int maxTokens, Action? onText = null) => CallAsync(
        edge,
        caller => caller.StreamAsync(
            edge,
            ModelOf(length),
            maxTokens,
            onText: onText,
            cancellationToken: TestContext.Current.CancellationToken));

    /// <summary>Makes one call, whatever it is, and remembers it.</summary>
    public async Task<CallMade> CallAsync(Uri edge, Func<ChatCaller, Task<ChatResult>> ask)
    {
        var result = await ask(new ChatCaller(_key));
        var call = new CallMade(edge, result);
        _calls.Enqueue(call);
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        if (Platform is not null)
            await Platform.DisposeAsync();
        await Provider.DisposeAsync();
    }

    /// <summary>The model that takes so many half seconds.</summary>
    public static string ModelOf(int length) => string.Create(CultureInfo.InvariantCulture, $"stream-{length}");

    // Each call uses another number of tokens, so that a row cannot be right by accident.
    private void ScriptProvider()
    {
        for (var length = 1; length <= Lengths; length++)
        {
            Provider.ScriptModel(ModelOf(length), new ProviderScript
            {
                UsageOf = UsageOf,
                Chunks = ChunksPerLength * length,
                Word = TextOf(TokensOfAnAnswer / (ChunksPerLength * length)),
                DelayPerChunk = TimeSpan.FromMilliseconds(100),
            });
        }

        Provider.ScriptModel(Quick, new ProviderScript { UsageOf = UsageOf, Word = TextOf(TokensOfAnAnswer / 10) });
        Provider.ScriptModel(Breaking, new ProviderScript
        {
            UsageOf = UsageOf,
            DelayPerChunk = TimeSpan.FromMilliseconds(50),
            CutAfterChunks = 5,
            Word = TextOf(TokensOfAnAnswer / 10),
        });
    }

    // About what so short a question is.
    private static ProviderUsage UsageOf(JsonElement body) => new(40, body.GetProperty("max_tokens").GetInt32());

    // As much text as so many tokens usually are, so that who counts it comes near them.
    private static string TextOf(int tokens) => string.Concat(Enumerable.Repeat("tale ", tokens * 4 / 5));

    private string Configuration()
    {
        var names = Enumerable.Range(1, Lengths).Select(ModelOf).Append(Quick).Append(Breaking);
        var models = names.Select(model =>
            $$"""
              - name: {{model}}
                deployments:
                  - { provider: main, model: {{model}} }
                  - { provider: second, model: {{model}}, priority: 2 }
                price: { input: 1, output: 2 }

            """);
        // A provider that breaks off again and again is asked again all the same.
        const string calm = "health: { enabled: false }, circuit: { failures: 1000 }";
        return $$"""
            server: { time_zone: UTC }
            providers:
              - { name: main, kind: openai_compatible, base_url: "{{Provider.BaseUrl}}", {{calm}} }
              - { name: second, kind: openai_compatible, base_url: "{{Provider.BaseUrl}}", {{calm}} }
            tenants:
              - { name: acme }
            keys:
              - { name: caller, tenant: acme, secret: {{_key}} }
            budgets:
              - { name: {{Budget}}, scope: "tenant:acme", limit_usd: 1000, period: monthly }
              - name: {{Watched}}
                scope: "tenant:acme"
                limit_usd: 2
                period: monthly
                mode: track
                alerts: [0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 2.0, 4.0, 7.0, 10.0]
            models:

            """ + string.Concat(models);
    }
}
