using LlmPlatform.Hosting.Configuration;
using LlmPlatform.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Tests.Configuration;

public sealed class ConfigurationFileWatcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly ConfigurationFolder _folder = new ConfigurationFolder().Write("server: { port: 1001 }");
    private readonly RecordingLog _log = new();
    private readonly ServiceProvider _services;
    private readonly IHostedService _watcher;
    private readonly IPlatformConfigurationSource _source;

    public ConfigurationFileWatcherTests()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Hosting:Configuration:Watch:Interval"] = "00:00:00.020",
            ["Hosting:Configuration:Watch:RetryPause"] = "00:00:00.010",
        };
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging.AddProvider(_log))
            .AddPlatformConfiguration(_folder.LoadGood(), _folder.Find)
            .BuildServiceProvider();
        _watcher = _services.GetRequiredService<IHostedService>();
        _source = _services.GetRequiredService<IPlatformConfigurationSource>();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_good_change_is_put_in_force_and_told()
    {
        var told = new List<int>();
        using var subscription = _source.OnChange((configuration, _) =>
        {
            told.Add(configuration.Server.Port);
            return Task.CompletedTask;
        });
        await _watcher.StartAsync(Cancelled);
        Assert.Equal(1001, _source.Current.Server.Port);

        _folder.Write("server: { port: 1002 }");
        await UntilAsync(() => told.Contains(1002), "the change is told");

        Assert.Equal(1002, _source.Current.Server.Port);
        Assert.Equal([1002], told);
    }

    [Fact]
    public async Task A_bad_change_is_logged_whole_and_the_configuration_before_it_stays()
    {
        var before = _source.Current;
        await _watcher.StartAsync(Cancelled);

        _folder.Write("server: { port: 0, colour: red }");
        await UntilAsync(() => _log.Has("has changed and has 2 faults"), "the faults are logged");

        Assert.Same(before, _source.Current);
        Assert.True(_log.Has("server.port"));
        Assert.True(_log.Has("unknown key \"colour\""));

        _folder.Write("server: { port: 1003 }");
        await UntilAsync(() => _source.Current.Server.Port == 1003, "1003 is in force");
    }

    [Fact]
    public async Task A_change_of_a_price_list_that_was_not_there_is_noticed()
    {
        await _watcher.StartAsync(Cancelled);

        _folder.Write(
            "- { sku: a, provider: p, model: m, input: 1, output: 1, effective_from: 2026-01-01 }", "prices.yaml");

        await UntilAsync(() => _source.Current.Prices.Count == 1, "the price list is read");
    }

    [Fact]
    public async Task One_who_fails_is_asked_again_and_holds_up_nobody()
    {
        var (failures, others, late) = (0, 0, 0);
        using var failing = _source.OnChange((configuration, _) =>
        {
            if (failures++ < 3)
                throw new InvalidOperationException("The database is away.");
            late = configuration.Server.Port;
            return Task.CompletedTask;
        });
        using var other = _source.OnChange((_, _) =>
        {
            others++;
            return Task.CompletedTask;
        });
        await _watcher.StartAsync(Cancelled);

        _folder.Write("server: { port: 1004 }");
        await UntilAsync(() => Volatile.Read(ref late) == 1004, "the one who failed has applied it");

        Assert.Equal((4, 1), (failures, others));
        Assert.True(_log.Has("could not apply the configuration"));
    }

    [Fact]
    public async Task One_who_left_hears_no_more()
    {
        var told = 0;
        var gone = _source.OnChange((_, _) => Task.FromResult(told++));
        using var stays = _source.OnChange((_, _) => Task.CompletedTask);
        gone.Dispose();
        await _watcher.StartAsync(Cancelled);

        _folder.Write("server: { port: 1005 }");
        await UntilAsync(() => _source.Current.Server.Port == 1005, "1005 is in force");
        _folder.Write("server: { port: 1006 }");
        await UntilAsync(() => _source.Current.Server.Port == 1006, "1006 is in force");

        Assert.Equal(0, told);
    }

    [Fact]
    public void A_configuration_that_came_from_no_file_never_changes()
    {
        var made = new PlatformConfiguration();
        using var services = new ServiceCollection().AddPlatformConfiguration(made).BuildServiceProvider();

        Assert.Same(made, services.GetRequiredService<IPlatformConfigurationSource>().Current);
        Assert.Empty(services.GetServices<IHostedService>());
    }

    private static Task UntilAsync(Func<bool> condition, string because) =>
        Eventually.UntilAsync(condition, Deadline, because, Cancelled);

    private sealed class RecordingLog : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public bool Has(string text)
        {
            lock (_lines)
                return _lines.Exists(line => line.Contains(text, StringComparison.Ordinal));
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
