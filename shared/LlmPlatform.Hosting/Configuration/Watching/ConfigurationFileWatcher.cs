using LlmPlatform.Hosting.Configuration.Reading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmPlatform.Hosting.Configuration.Watching;

/// <summary>
/// Looks at the configuration files again and again, and puts a changed configuration in force if the whole of it is
/// good.
/// Looking at the content works where notifications and dates do not: on network and container mounts, and for files
/// that
/// are swapped by renaming.
/// </summary>
internal sealed partial class ConfigurationFileWatcher : BackgroundService, IPlatformConfigurationSource
{
    private readonly Func<string, string?> _environment;
    private readonly ConfigurationWatchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfigurationFileWatcher> _logger;
    private readonly Lock _gate = new();
    private readonly string _path;

    private volatile PlatformConfiguration _current;
    private List<ConfigurationSubscriber> _subscribers = [];
    private ConfigurationSources _seen;
    private string? _unsettled;

    /// <summary>Watches the files that a configuration was read from.</summary>
    /// <exception cref="ArgumentException">The configuration was read from no file.</exception>
    public ConfigurationFileWatcher(
        PlatformConfiguration initial,
        Func<string, string?> environment,
        IOptions<ConfigurationWatchOptions> options,
        TimeProvider time,
        ILogger<ConfigurationFileWatcher> logger)
    {
        _current = initial;
        _seen = initial.Sources ?? throw new ArgumentException("It was read from no file.", nameof(initial));
        _path = initial.SourcePath;
        _environment = environment;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    public PlatformConfiguration Current => _current;

    public IDisposable OnChange(Func<PlatformConfiguration, CancellationToken, Task> apply)
    {
        lock (_gate)
        {
            var subscriber = new ConfigurationSubscriber(apply, _current, Remove);
            _subscribers = [.. _subscribers, subscriber];
            return subscriber;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        while (await WaitAsync(timer, stoppingToken))
        {
            Look();
            await DeliverAsync(stoppingToken);
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Look()
    {
        var fingerprint = SourceFiles.FingerprintNow(_seen.Paths);
        if (fingerprint == _seen.Fingerprint)
        {
            _unsettled = null;
            return;
        }

        // An editor may be half way through, and half a file can be good YAML that lacks half the budgets. What is read
        // must have stood still from one look to the next.
        if (fingerprint != _unsettled)
        {
            _unsettled = fingerprint;
            return;
        }

        var result = PlatformConfigurationLoader.Load(_path, _environment);
        _seen = result.Sources;
        _unsettled = null;
        if (!result.IsValid)
            Refuse(result.Faults);
        else if (result.Configuration.Hash != _current.Hash)
            PutInForce(result.Configuration, result.Notices);
    }

    private void Refuse(IReadOnlyList<ConfigurationFault> faults)
    {
        foreach (var fault in faults)
            LogFault(fault);
        LogRefused(_path, faults.Count);
    }

    private void PutInForce(PlatformConfiguration configuration, IReadOnlyList<ConfigurationNotice> notices)
    {
        lock (_gate)
            _current = configuration;
        foreach (var notice in notices)
            LogNotice(notice);
        LogInForce(_path, configuration.Hash);
    }

    private async Task DeliverAsync(CancellationToken stoppingToken)
    {
        foreach (var subscriber in _subscribers)
        {
            var current = _current;
            if (!subscriber.IsDue(current, _time.GetUtcNow()))
                continue;

            using var deadline = new CancellationTokenSource(_options.ApplyTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, deadline.Token);
            try
            {
                await subscriber.ApplyAsync(current, either.Token);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // One service's trouble must not keep the configuration from the others, nor this loop from looking on.
                LogNotApplied(failure, subscriber.Name, subscriber.PutOff(_time.GetUtcNow(), _options));
            }
        }
    }

    private void Remove(ConfigurationSubscriber subscriber)
    {
        lock (_gate)
            _subscribers = [.. _subscribers.Where(other => other != subscriber)];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Fault}")]
    private partial void LogFault(ConfigurationFault fault);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Path} has changed and has {Count} faults; the configuration before it stays in force")]
    private partial void LogRefused(string path, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Notice}")]
    private partial void LogNotice(ConfigurationNotice notice);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path} has changed and is in force, hash {Hash}")]
    private partial void LogInForce(string path, string hash);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Subscriber} could not apply the configuration and is asked again in {Pause}")]
    private partial void LogNotApplied(Exception failure, string subscriber, TimeSpan pause);
}
