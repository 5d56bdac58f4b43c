using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LlmPlatform.Hosting.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Hosting.Snapshots;

/// <summary>
/// Follows a snapshot that another service owns: pulled at start, when a new version is announced and at an interval,
/// and kept on disk, so that an absent owner, a lost announcement and a late start change nothing.
/// </summary>
/// <typeparam name="TSnapshot">Immutable; replaced whole.</typeparam>
public sealed partial class SnapshotFeed<TSnapshot> : BackgroundService
    where TSnapshot : class
{
    private readonly SnapshotSource<TSnapshot> _source;
    private readonly IHttpClientFactory _http;
    private readonly PlatformEnvironment _environment;
    private readonly SnapshotOptions _options;
    private readonly ILogger<SnapshotFeed<TSnapshot>> _logger;
    private readonly string _file;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TSnapshot? _current;
    private bool _ownerAway;

    /// <summary>Created by <see cref="SnapshotFeeds.AddSnapshotFeed{TSnapshot}"/>.</summary>
    public SnapshotFeed(
        SnapshotSource<TSnapshot> source,
        IHttpClientFactory http,
        PlatformEnvironment environment,
        SnapshotOptions options,
        ILogger<SnapshotFeed<TSnapshot>> logger)
    {
        _source = source;
        _http = http;
        _environment = environment;
        _options = options;
        _logger = logger;
        _file = Path.Combine(environment.DataDirectory, "snapshots", source.Name + ".json");
        _current = ReadDisk();
        if (_current is not null)
        {
            _first.TrySetResult();
        }
    }

    /// <summary>The newest snapshot known; null until the first has been had.</summary>
    public TSnapshot? Current => _current;

    /// <summary>
    /// Runs on the feed's own loop before a new snapshot takes effect. One that a handler cannot use is refused: the
    /// last one stays in force, in memory and on disk.
    /// </summary>
    public event Action<TSnapshot>? Changed;

    /// <summary>Completes when there is a snapshot.</summary>
    public Task FirstAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

    /// <summary>Says that a version exists; it is pulled at once when it is newer than the one at hand.</summary>
    public void Announce(long version)
    {
        if ((_current is not { } current || _source.VersionOf(current) < version) && _wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another announcement was quicker; one pull serves both.
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = _options.PollInterval;
            try
            {
                await PullAsync(stoppingToken);
                if (_ownerAway)
                {
                    _ownerAway = false;
                    OwnerBack(_source.Name, _source.Owner);
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // Until the first snapshot is there nothing can be served: ask often.
                pause = _current is null ? TimeSpan.FromMilliseconds(200) : pause;
                if (!_ownerAway)
                {
                    _ownerAway = true;
                    NotHad(_source.Name, _source.Owner, Describe(fault));
                }
            }

            try
            {
                await _wake.WaitAsync(pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task PullAsync(CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(_options.Timeout);
        var known = _current is { } current ? _source.VersionOf(current) : -1;
        var address = new Uri(_environment.UrlOf(_source.Owner), $"/internal/v1/snapshots/{_source.Name}?have={known}");
        // A client a pull: the factory renews the connections behind it, so that an owner that moved is found.
        using var http = _http.CreateClient(SnapshotFeeds.HttpClientName);
        using var response = await ServiceCall.SendAsync(
            http, _environment.MasterKey, () => new HttpRequestMessage(HttpMethod.Get, address), deadline.Token);
        if (response.StatusCode == HttpStatusCode.NotModified)
        {
            return;
        }

        response.EnsureSuccessStatusCode();
        var snapshot = await response.Content.ReadFromJsonAsync<TSnapshot>(SnapshotFeeds.Json, deadline.Token)
            ?? throw new JsonException("The snapshot is empty.");
        Changed?.Invoke(snapshot);
        _current = snapshot;
        _first.TrySetResult();
        WriteDisk(snapshot);
        Took(_source.Name, _source.VersionOf(snapshot));
    }

    private static string Describe(Exception fault) =>
        fault is HttpRequestException { StatusCode: { } status } ? $"HTTP {(int)status}" : fault.GetType().Name;

    private TSnapshot? ReadDisk()
    {
        try
        {
            return File.Exists(_file)
                ? JsonSerializer.Deserialize<TSnapshot>(File.ReadAllBytes(_file), SnapshotFeeds.Json)
                : null;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            DiskUnreadable(_source.Name, fault.GetType().Name);
            return null;
        }
    }

    private void WriteDisk(TSnapshot snapshot)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            var draft = _file + ".new";
            File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(snapshot, SnapshotFeeds.Json));
            File.Move(draft, _file, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            DiskUnwritable(_source.Name, fault.GetType().Name);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Snapshot {Name} is at version {Version}")]
    private partial void Took(string name, long version);

    [LoggerMessage(
        LogLevel.Warning, "Snapshot {Name} cannot be had from {Owner} ({Fault}); the last one stays in force")]
    private partial void NotHad(string name, string owner, string fault);

    [LoggerMessage(LogLevel.Information, "Snapshot {Name} can be had from {Owner} again")]
    private partial void OwnerBack(string name, string owner);

    [LoggerMessage(
        LogLevel.Warning, "Snapshot {Name}: the copy on disk cannot be read ({Fault}); waiting for its owner")]
    private partial void DiskUnreadable(string name, string fault);

    [LoggerMessage(LogLevel.Warning, "Snapshot {Name}: cannot be kept on disk ({Fault})")]
    private partial void DiskUnwritable(string name, string fault);
}
