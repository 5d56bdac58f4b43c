using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Auditing;
using LlmPlatform.Contracts.Requests;
using LlmPlatform.Contracts.Usage;
using LlmPlatform.Edge.Admission;
using LlmPlatform.Edge.Settlement;
using LlmPlatform.Edge.Tests.Settlement;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Options;
using LlmPlatform.Hosting.Redis;
using LlmPlatform.Hosting.Security;
using LlmPlatform.Hosting.Snapshots;
using LlmPlatform.Hosting.Telemetry;
using LlmPlatform.Quota;
using LlmPlatform.Router.Client;
using LlmPlatform.TestKit;
using LlmPlatform.TestKit.Providers;
using LlmPlatform.TestKit.Servers;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Tests;

/// <summary>
/// The edge as its host composes it, over real HTTP, Redis and PostgreSQL. Router, metering, billing and broker are
/// away: it serves from the snapshots on its disk, as an edge does that starts before them.
/// </summary>
public sealed class EdgeUnderTest : IAsyncLifetime
{
    public const string MasterKeyText = "a master key for tests";

    private readonly string _data = Path.Combine(Path.GetTempPath(), "edge-test-" + Path.GetRandomFileName());
    private readonly LogLines _log = new();
    private readonly ConcurrentQueue<AdminChangeRecorded> _changes = new();
    private PrivateServers _redis = null!;
    private WebApplication _app = null!;
    private int _lastModel;

    internal Dictionary<string, string?> Settings { get; } = new()
    {
        // An eighth of what a model answers at most, so that a hold has to grow.
        ["Edge:Requests:SoftHoldTokens"] = "128",
        ["Edge:Upstream:DrainTimeout"] = "00:00:06",
        ["Edge:Upstream:UseProxy"] = "false",
        ["Edge:Tokens:MinRefreshInterval"] = "00:00:00.3",
        ["Edge:Requests:MaxRequestBytes"] = "1048576",
        ["Quota:Holds:ReserveDeadline"] = "00:00:05",
    };

    internal FakeProvider First { get; private set; } = null!;

    internal FakeProvider Second { get; private set; } = null!;

    internal FakeProvider Anthropic { get; private set; } = null!;

    internal FakeProvider Gemini { get; private set; } = null!;

    internal FakeProvider Bedrock { get; private set; } = null!;

    internal RawProvider Raw { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal Uri Address { get; private set; } = null!;

    internal string Postgres { get; private set; } = "";

    internal UsageSpool Spool => _app.Services.GetRequiredService<UsageSpool>();

    internal SignalBook Signals => _app.Services.GetRequiredService<SignalBook>();

    internal HoldLedger Ledger => _app.Services.GetRequiredService<HoldLedger>();

    internal EdgeRoster Roster => _app.Services.GetRequiredService<EdgeRoster>();

    internal PrivateServers Redis => _redis;

    /// <summary>A connection of a test's own to the Redis of this edge.</summary>
    internal RedisClient NewRedisClient() => new(
        new RedisOptions { ConnectionString = _redis.Redis, CommandTimeout = TimeSpan.FromSeconds(30) });

    internal IEnumerable<string> Log => _log.Lines;

    /// <summary>What this edge and those beside it said on the bus that operators changed.</summary>
    internal IEnumerable<AdminChangeRecorded> Changes => _changes;

    internal string DataDirectory => _data;

    /// <summary>Drops the lines logged so far, for tests to which their memory matters.</summary>
    internal void ForgetLog() => _log.Lines.Clear();

    public async ValueTask InitializeAsync()
    {
        First = await FakeProvider.StartAsync();
        Second = await FakeProvider.StartAsync();
        Anthropic = await FakeProvider.StartAsync(wire: ProviderWire.Anthropic);
        Gemini = await FakeProvider.StartAsync(wire: ProviderWire.Gemini);
        Bedrock = await FakeProvider.StartAsync(wire: ProviderWire.Bedrock);
        Raw = await RawProvider.StartAsync();
        _redis = await TestServers.StartRedisAsync();
        Postgres = await (await TestServers.SharedAsync()).CreateDatabaseAsync();
        WriteSnapshots();
        _app = Build(Postgres, _data);
        await new EdgeModule().MigrateAsync(_app.Services, CancellationToken.None);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single());

        // A client that is disposed of in the middle of an answer leaves at once.
        var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 };
        Http = new HttpClient(handler) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        await Eventually.UntilAsync(
            async () =>
            {
                using var answer = await GetAsync("/v1/models");
                return answer.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(60),
            "the declared keys are in force");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await Anthropic.DisposeAsync();
        await Gemini.DisposeAsync();
        await Bedrock.DisposeAsync();
        await Raw.DisposeAsync();
        await _redis.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>A model no other test uses, of the kind <see cref="Landscape"/> names by its first letters.</summary>
    internal string NewModel(string kind) => $"{kind}{Interlocked.Increment(ref _lastModel) % Landscape.ModelsOfAKind}";

    internal static string Body(string model, bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}}{{more}},"""
        + """ "messages":[{"role":"user","content":"hi"}]}""";

    internal Task<HttpResponseMessage> ChatAsync(string body, string key = Landscape.Open) =>
        SendAsync(HttpMethod.Post, "/v1/chat/completions", key, body, TestContext.Current.CancellationToken);

    /// <summary>A request as Anthropic's clients send it.</summary>
    internal async Task<HttpResponseMessage> MessagesAsync(
        string body, string key = Landscape.Open, string path = "/v1/messages", params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, path));
        request.Headers.Add("x-api-key", key);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    internal Task<HttpResponseMessage> GetAsync(string path, string key = Landscape.Open) =>
        SendAsync(HttpMethod.Get, path, key, null, TestContext.Current.CancellationToken);

    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? key, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The usage records of a request, once its completion is written.</summary>
    internal async Task<(RequestCompleted Completed, List<UsageRecorded> Usage)> RecordsOfAsync(
        HttpResponseMessage answer)
    {
        var id = Guid.Parse(answer.Headers.GetValues("X-Request-Id").Single());
        return await RecordsOfAsync(completed => completed.RequestId == id);
    }

    internal async Task<(RequestCompleted Completed, List<UsageRecorded> Usage)> RecordsOfAsync(
        Func<RequestCompleted, bool> isIt)
    {
        var completed = await Eventually.UntilAsync(
            () => Task.FromResult(SpoolDirectory.CompletionsIn(Spool.Money)
                .Concat(SpoolDirectory.CompletionsIn(Spool.Refusals))
                .Select(entry => entry.Completed)
                .Where(isIt)
                .ToList()),
            found => found.Count > 0,
            TimeSpan.FromSeconds(60),
            "the request is completed in the spool",
            TestContext.Current.CancellationToken);
        var it = Assert.Single(completed);
        var usage = SpoolDirectory.UsageIn(Spool).Select(entry => entry.Usage);
        return (it, [.. usage.Where(record => record.RequestId == it.RequestId)]);
    }

    internal static async Task<JsonElement> ErrorOfAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var body = JsonDocument.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return body.RootElement.GetProperty("error").Clone();
    }

    /// <summary>
    /// Another edge on the same Redis, with the snapshots that this one has on its disk; it is not started.
    /// </summary>
    /// <param name="postgres">Where it looks for keys.</param>
    /// <param name="data">A folder of its own.</param>
    /// <param name="configuration">Its configuration file; null: that of this one.</param>
    internal WebApplication BuildSecond(
        string postgres, string data, IPlatformConfigurationSource? configuration = null)
    {
        Directory.CreateDirectory(Path.Combine(data, "snapshots"));
        foreach (var file in Directory.GetFiles(Path.Combine(_data, "snapshots"), "*.json"))
        {
            if (!File.Exists(Path.Combine(data, "snapshots", Path.GetFileName(file))))
            {
                File.Copy(file, Path.Combine(data, "snapshots", Path.GetFileName(file)));
            }
        }

        return Build(postgres, data, configuration);
    }

    private WebApplication Build(
        string postgres, string data, IPlatformConfigurationSource? configuration = null)
    {
        var module = new EdgeModule();
        var faults = new List<string>();
        var platform = new PlatformContext
        {
            Environment = new PlatformEnvironment
            {
                Postgres = postgres,
                Redis = _redis.Redis,
                RabbitMq = "amqp://guest:guest@127.0.0.1:1/",
                DataDirectory = data,
                MasterKey = MasterKey.Read(MasterKeyText, faults),
                Credentials = Landscape.Cipher,
                Listen = new Uri("http://127.0.0.1:1"),
            },
            Configuration = Landscape.Configuration,
            Settings = new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(),
        };
        Assert.Empty(faults);

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft", LogLevel.Information).AddFilter("MassTransit", LogLevel.Warning);
        var services = builder.Services;
        services.AddSingleton(platform.Environment);
        services.AddSingleton(platform);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(configuration ?? new FixedConfigurationSource(platform.Configuration));
        services.AddProblemDetails();
        services.AddHttpClient();
        services.AddPlatformTelemetry("edge", platform.Settings);
        services.AddValidatedOptions<SnapshotOptions>(platform, SnapshotOptions.Section);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });

        // MassTransit keeps the first logger of the process for good.
        LogContext.Current = null;
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.UsingInMemory((_, memory) => memory.ReceiveEndpoint("changes", endpoint =>
                endpoint.Handler<AdminChangeRecorded>(context =>
                {
                    _changes.Enqueue(context.Message);
                    return Task.CompletedTask;
                })));
        });
        // Before the module's own, which waits a second: a busy machine must not be taken for a Redis that is away.
        services.AddRedis(new RedisOptions
        {
            ConnectionString = _redis.Redis,
            InlineCompletions = platform.HasInlineSockets,
            CommandTimeout = TimeSpan.FromSeconds(30),
            StallTimeout = TimeSpan.FromMinutes(1),
        });
        module.AddServices(services, platform);
        var app = builder.Build();
        app.UsePlatformTracing();
        app.UseExceptionHandler();
        app.MapPrometheusMetrics();
        module.MapEndpoints(app);
        return app;
    }

    private void WriteSnapshots()
    {
        var folder = Path.Combine(_data, "snapshots");
        Directory.CreateDirectory(folder);
        var addresses = new ProviderAddresses(
            First.BaseUrl, Second.BaseUrl, Raw.BaseUrl, Anthropic.BaseUrl, Gemini.BaseUrl, Bedrock.BaseUrl);
        Write("routing", Landscape.Routes(addresses));
        Write("prices", Landscape.Prices());
        Write("limits", Landscape.Limits());

        void Write<T>(string name, T snapshot) =>
            File.WriteAllBytes(
                Path.Combine(folder, name + ".json"),
                JsonSerializer.SerializeToUtf8Bytes(snapshot, SnapshotFeeds.Json));
    }

    private sealed class LogLines : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(Lines, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(ConcurrentQueue<string> lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
