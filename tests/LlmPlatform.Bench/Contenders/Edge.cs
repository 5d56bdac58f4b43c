using System.Diagnostics;
using System.Globalization;
using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench.Contenders;

/// <summary>
/// The platform, every service in its own process, with everything on for each call: a virtual key, six budgets, three
/// limits, the search for personal data, the spool (<c>durability: os</c>), the events. The edge has a core of its own;
/// all else shares the rig's.
/// </summary>
public sealed class Edge() : Contender("edge")
{
    private const string Caller = "sk-bench-key-of-the-platform";
    private const string Allocated = "dotnet_gc_allocated_bytes_total";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new();
    private bool _isStopped;
    private string _data = "";
    private string _root = "";

    /// <summary>What <c>platform.env</c> says: addresses, keys and processes.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; private set; } = new Dictionary<string, string>();

    public override async Task StartAsync(Uri upstream, BenchOptions options)
    {
        _root = options.Root;
        _data = Path.Combine(options.Work, "platform");
        var configuration = Path.Combine(options.Work, "bench.yaml");
        await File.WriteAllTextAsync(configuration, Configuration(upstream));
        await RunScriptAsync("--services", "--detach", "--port", $"{FreePort()}", "--data", _data,
            "--config", configuration);

        var facts = BenchOptions.ReadFacts(Path.Combine(_data, "platform.env"));
        Facts = facts;
        Target = new Uri(new Uri(facts["EDGE_URL"]), "/v1/chat/completions");
        Key = Caller;
        Pids = [Pid(facts, "EDGE_PID")];
        Behind = [.. new[] { "ROUTER", "METERING", "BILLING", "AUDIT", "ALERTING" }
            .Select(service => Pid(facts, service + "_PID"))];
        Servers = [.. new[] { "POSTGRES", "RABBITMQ", "REDIS", "CLICKHOUSE" }
            .Where(server => facts.ContainsKey(server + "_PID"))
            .Select(server => Pid(facts, server + "_PID"))];
        Pin(1, Pids);
        Pin(0, [.. Behind, .. Servers, .. Servers.SelectMany(ProcessMeter.Children)]);
    }

    /// <summary>Puts Redis on a core: 0 is the rig's, 1 the edge's.</summary>
    public void MoveRedis(int core) => Pin(core, [Pid(Facts, "REDIS_PID")]);

    /// <summary>Waits until the services have caught up: they take less than a tenth of a core.</summary>
    public override async Task EndAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < LongestWait)
        {
            var before = ProcessMeter.CpuNanoseconds(Behind);
            await Task.Delay(Look);
            if (ProcessMeter.CpuNanoseconds(Behind) - before < Look.TotalNanoseconds / 10)
            {
                return;
            }
        }
    }

    public override async Task<long> AllocatedBytesAsync()
    {
        var metrics = await _http.GetStringAsync(new Uri(Target, "/metrics"));
        var line = metrics.Split('\n').First(line => line.StartsWith(Allocated, StringComparison.Ordinal));
        return (long)double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_isStopped)
        {
            _isStopped = true;
            await RunScriptAsync("--stop", "--data", _data);
        }

        await base.DisposeAsync();
    }

    private static int Pid(IReadOnlyDictionary<string, string> facts, string name) =>
        int.Parse(facts[name], CultureInfo.InvariantCulture);

    private static void Pin(int core, IEnumerable<int> pids)
    {
        foreach (var pid in pids)
        {
            using var pin = Process.Start(new ProcessStartInfo("taskset", ["-apc", $"{core}", $"{pid}"])
            {
                RedirectStandardOutput = true,
            })!;
            pin.WaitForExit();
        }
    }

    private async Task RunScriptAsync(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Path.Combine(_root, "run.sh"), arguments)
        {
            WorkingDirectory = _root,
            RedirectStandardOutput = true,
            Environment = { ["Edge__Spool__Durability"] = "Os" },
        })!;
        var said = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        if (script.ExitCode != 0)
        {
            throw new InvalidOperationException($"./run.sh {string.Join(' ', arguments)} failed:\n{said}");
        }
    }

    private static string Configuration(Uri upstream) => $$"""
        server: { port: 8080, time_zone: UTC }
        providers:
          - name: mock
            kind: openai_compatible
            base_url: "{{upstream}}"
            timeout: 120s
            first_byte_timeout: 60s
            idle_timeout: 60s
            health: { enabled: false }
        models:
          - name: bench-small
            deployments: [ { provider: mock, model: bench-small } ]
            max_output_tokens: 4096
            price: { input: 0.01, output: 0.02 }
          - name: bench-stream
            deployments: [ { provider: mock, model: bench-stream } ]
            max_output_tokens: 4096
            price: { input: 0.01, output: 0.02 }
          - name: bench-slow
            deployments: [ { provider: mock, model: bench-slow } ]
            max_output_tokens: 4096
            price: { input: 0.01, output: 0.02 }
          - name: bench-embedding
            deployments: [ { provider: mock, model: bench-embedding } ]
            price: { input: 0.01, output: 0 }
        routes:
          - { when: { pii: true }, use: { model: bench-slow } }
        tenants:
          - { name: bench, tier: premium, teams: [ { name: load } ] }
        keys:
          - { name: bench-key, tenant: bench, team: load, secret: {{Caller}}, metadata: { project: bench } }
        limits:
          - { scope: global, requests_per_minute: 1000000000 }
          - { scope: "tenant:bench", tokens_per_minute: 1000000000000 }
          - { scope: "key:bench-key", requests_per_minute: 1000000000 }
        budgets:
          - { name: b1, scope: global, limit_usd: 5000000, period: monthly, mode: enforce }
          - { name: b2, scope: "tenant:bench", limit_usd: 5000000, period: monthly, mode: enforce }
          - { name: b3, scope: "team:bench/load", limit_usd: 5000000, period: monthly, mode: enforce }
          - { name: b4, scope: "key:bench-key", limit_usd: 5000000, period: monthly, mode: enforce }
          - { name: b5, scope: "project:bench", limit_usd: 5000000, period: monthly, mode: enforce }
          - { name: b6, scope: "tier:premium", limit_usd: 5000000, period: monthly, mode: enforce }
        """;
}
