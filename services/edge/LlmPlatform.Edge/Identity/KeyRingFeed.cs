using System.Text.Json;
using LlmPlatform.Contracts.Usage;
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
    private static readonly TimeSpan TouchInterval = TimeSpan.FromMinutes(1);

    private readonly IServiceScopeFactory _scopes;
    private readonly SnapshotOptions _options;
    private readonly IdentityOptions _identity;
    private readonly TimeProvider _clock;
    private readonly ILogger<KeyRingFeed> _logger;
    private readonly string _file;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile KeyRing _current;
    private volatile TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _confirmedAtTicks;
    private DateTimeOffset _touchedAt;
    private bool _storeAway;

    public KeyRingFeed(
        IServiceScopeFactory scopes,
        PlatformEnvironment environment,
        SnapshotOptions options,
        IdentityOptions identity,
        TimeProvider clock,
        ILogger<KeyRingFeed> logger)
    {
        _scopes = scopes;
        _options = options;
        _identity = identity;
        _clock = clock;
        _logger = logger;
        _file = Path.Combine(environment.DataDirectory, "snapshots", "keys.json");
        _current = ReadDisk();
    }

    public KeyRing Current => _current;

    /// <summary>
    /// Whether the ring may be used: it was loaded, and PostgreSQL has confirmed it within
    /// <see cref="IdentityOptions.TrustKeysFor"/>. For longer nobody remembers which of its secrets were withdrawn.
    /// </summary>
    public bool AreTrusted =>
        _clock.GetUtcNow().UtcTicks - Interlocked.Read(ref _confirmedAtTicks) <= _identity.TrustKeysFor.Ticks;

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

    /// <summary>
    /// Waits until this edge judges by a version of the keys or a later one, for at most
    /// <see cref="SnapshotOptions.PollInterval"/>: PostgreSQL may have gone away just then.
    /// </summary>
    public async Task ReachAsync(long version)
    {
        using var patience = new CancellationTokenSource(_options.PollInterval, _clock);
        while (!patience.IsCancellationRequested)
        {
            // The task before the version: a ring taken in between completes the task at hand.
            var taken = _taken.Task;
            if (_current.Version >= version)
            {
                return;
            }

            await taken.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        var askedAt = _clock.GetUtcNow();
        var version = (await database.Versions.AsNoTracking().SingleAsync(cancellationToken)).Version;
        if (version != _current.Version)
        {
            // The version is read before the keys: should a change slip in between, the next look finds it moved.
            var content = new KeyRingContent
            {
                Version = version,
                Callers = await LoadCallersAsync(database, askedAt, cancellationToken),
                Tenants = await LoadTenantsAsync(database, cancellationToken),
            };
            WriteDisk(content);
            _current = new KeyRing(content);
            Interlocked.Exchange(ref _taken, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            Took(version, content.Callers.Count);
        }

        Confirm(askedAt);
    }

    private static async Task<Dictionary<string, CallerIdentity>> LoadCallersAsync(
        EdgeDbContext database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tiers = await database.Tenants.AsNoTracking()
            .ToDictionaryAsync(tenant => tenant.Name, tenant => tenant.Tier, StringComparer.Ordinal, cancellationToken);
        var costCenters = await database.Teams.AsNoTracking()
            .ToDictionaryAsync(team => (team.Tenant, team.Name), team => team.CostCenter, cancellationToken);
        var keys = await database.Keys.AsNoTracking()
            .InService()
            .Include(key => key.Secrets.Where(secret => secret.EndsAt == null || secret.EndsAt > now))
            .ToListAsync(cancellationToken);
        return keys
            .SelectMany(key => key.Secrets, (key, secret) => (Key: key, Secret: secret))
            .ToDictionary(
                entry => entry.Secret.Hash,
                entry => new CallerIdentity
                {
                    KeyId = entry.Key.Id,
                    KeyName = entry.Key.Name,
                    SecretId = KeySecret.IdOf(entry.Secret.Hash),
                    Tenant = entry.Key.Tenant,
                    Tier = tiers.GetValueOrDefault(entry.Key.Tenant),
                    Team = entry.Key.Team,
                    CostCenter = entry.Key.Team is { } team
                        ? costCenters.GetValueOrDefault((entry.Key.Tenant, team))
                        : null,
                    User = entry.Key.User,
                    Role = entry.Key.Role,
                    Project = entry.Key.Metadata.GetValueOrDefault("project"),
                    Tags = TagsOf(entry.Key),
                    Metadata = entry.Key.Metadata.Count == 0 ? null : entry.Key.Metadata,
                    Models = new GlobList(entry.Key.Models),
                    ExpiresAt = entry.Key.ExpiresAt,
                    ReplacedAt = entry.Secret.EndsAt,
                },
                StringComparer.Ordinal);
    }

    private static IReadOnlyList<UsageTag>? TagsOf(VirtualKey key) =>
        key.Metadata.GetValueOrDefault(TagText.MetadataEntry) is { } text
            && TagText.TryParse(text, out var tags) && tags.Count > 0 ? tags : null;

    private static async Task<Dictionary<string, KeyRingContent.KnownTenant>> LoadTenantsAsync(
        EdgeDbContext database, CancellationToken cancellationToken)
    {
        var teams = (await database.Teams.AsNoTracking().ToListAsync(cancellationToken))
            .ToLookup(team => team.Tenant, StringComparer.Ordinal);
        var inactive = (await database.Users.AsNoTracking()
            .Where(user => user.DeactivatedAt != null)
            .ToListAsync(cancellationToken)).ToLookup(user => user.Tenant, StringComparer.Ordinal);
        return (await database.Tenants.AsNoTracking().ToListAsync(cancellationToken)).ToDictionary(
            tenant => tenant.Name,
            tenant => new KeyRingContent.KnownTenant
            {
                Tier = tenant.Tier,
                CostCenters = teams[tenant.Name].ToDictionary(
                    team => team.Name, team => team.CostCenter, StringComparer.Ordinal),
                InactiveUsers = inactive[tenant.Name].Select(user => user.Name).ToHashSet(StringComparer.Ordinal),
            },
            StringComparer.Ordinal);
    }

    private KeyRing ReadDisk()
    {
        try
        {
            if (!File.Exists(_file)
                || JsonSerializer.Deserialize<KeyRingContent>(File.ReadAllBytes(_file), SnapshotFeeds.Json)
                    is not { } stored)
            {
                return KeyRing.Empty;
            }

            _confirmedAtTicks = File.GetLastWriteTimeUtc(_file).Ticks;
            return new KeyRing(stored);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            return KeyRing.Empty;
        }
    }

    private void WriteDisk(KeyRingContent ring)
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

    // The time of the file says when PostgreSQL last agreed with what is in it.
    private void Confirm(DateTimeOffset at)
    {
        Interlocked.Exchange(ref _confirmedAtTicks, at.UtcTicks);
        if (at - _touchedAt < TouchInterval)
        {
            return;
        }

        _touchedAt = at;
        try
        {
            File.SetLastWriteTimeUtc(_file, at.UtcDateTime);
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

    [LoggerMessage(LogLevel.Information, "Keys are at version {Version}: {Count} secrets may call")]
    private partial void Took(long version, int count);

    [LoggerMessage(LogLevel.Warning, "Keys cannot be read from PostgreSQL ({Fault}); those at hand stay in force")]
    private partial void StoreAway(string fault);

    [LoggerMessage(LogLevel.Warning, "Keys cannot be kept on disk ({Fault})")]
    private partial void DiskUnwritable(string fault);
}
