using System.Text.Json;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Snapshots;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Keeps the key ring: loaded at start, when a change is announced and when the version is seen to have moved, and kept
/// on disk (hashes only), so that callers are known while PostgreSQL is away.
/// </summary>
internal sealed partial class KeyRingFeed : BackgroundService
{
    private readonly IServiceScopeFactory _scopes;
    private readonly SnapshotOptions _options;
    private readonly ILogger<KeyRingFeed> _logger;
    private readonly string _file;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile KeyRing _current;
    private bool _storeAway;

    public KeyRingFeed(
        IServiceScopeFactory scopes,
        PlatformEnvironment environment,
        SnapshotOptions options,
        ILogger<KeyRingFeed> logger)
    {
        _scopes = scopes;
        _options = options;
        _logger = logger;
        _file = Path.Combine(environment.DataDirectory, "snapshots", "keys.json");
        _current = ReadDisk();
    }

    public KeyRing Current => _current;

    /// <summary>Says that something changed.</summary>
    public void Announce()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // A look is due already.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(stoppingToken);
                _storeAway = false;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_storeAway)
                {
                    _storeAway = true;
                    StoreAway(fault.GetType().Name);
                }
            }

            try
            {
                var isEmpty = ReferenceEquals(_current, KeyRing.Empty);
                await _wake.WaitAsync(isEmpty ? TimeSpan.FromMilliseconds(200) : _options.PollInterval, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<EdgeDbContext>();
        var version = (await database.Versions.AsNoTracking().SingleAsync(cancellationToken)).Version;
        if (version == _current.Version)
        {
            return;
        }

        // The version is read before the keys: should a change slip in between, the next look finds the version moved.
        var entries = await LoadAsync(database, cancellationToken);
        _current = new KeyRing(version, entries);
        WriteDisk(new StoredKeyRing(version, entries));
        Took(version, entries.Count);
    }

    private static async Task<Dictionary<string, CallerIdentity>> LoadAsync(
        EdgeDbContext database, CancellationToken cancellationToken)
    {
        var tiers = await database.Tenants.AsNoTracking()
            .ToDictionaryAsync(tenant => tenant.Name, tenant => tenant.Tier, StringComparer.Ordinal, cancellationToken);
        var costCenters = await database.Teams.AsNoTracking()
            .ToDictionaryAsync(team => (team.Tenant, team.Name), team => team.CostCenter, cancellationToken);
        var keys = await database.Keys.AsNoTracking()
            .Where(key => key.RevokedAt == null)
            .ToListAsync(cancellationToken);
        return keys.ToDictionary(
            key => key.SecretHash,
            key => new CallerIdentity
            {
                KeyId = key.Id,
                KeyName = key.Name,
                Tenant = key.Tenant,
                Tier = tiers.GetValueOrDefault(key.Tenant),
                Team = key.Team,
                CostCenter = key.Team is null ? null : costCenters.GetValueOrDefault((key.Tenant, key.Team)),
                User = key.User,
                Project = key.Metadata.GetValueOrDefault("project"),
                Models = new GlobList(key.Models),
                ExpiresAt = key.ExpiresAt,
            },
            StringComparer.Ordinal);
    }

    private KeyRing ReadDisk()
    {
        try
        {
            return File.Exists(_file)
                && JsonSerializer.Deserialize<StoredKeyRing>(File.ReadAllBytes(_file), SnapshotFeeds.Json) is { } stored
                ? new KeyRing(stored.Version, stored.Callers)
                : KeyRing.Empty;
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            return KeyRing.Empty;
        }
    }

    private void WriteDisk(StoredKeyRing ring)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            File.WriteAllBytes(_file + ".new", JsonSerializer.SerializeToUtf8Bytes(ring, SnapshotFeeds.Json));
            File.Move(_file + ".new", _file, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            DiskUnwritable(fault.GetType().Name);
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "Keys are at version {Version}: {Count} may call")]
    private partial void Took(long version, int count);

    [LoggerMessage(LogLevel.Warning, "Keys cannot be read from PostgreSQL ({Fault}); those at hand stay in force")]
    private partial void StoreAway(string fault);

    [LoggerMessage(LogLevel.Warning, "Keys cannot be kept on disk ({Fault})")]
    private partial void DiskUnwritable(string fault);

    private sealed record StoredKeyRing(long Version, Dictionary<string, CallerIdentity> Callers);
}
