using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Hosting.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Edge.Identity;

/// <summary>
/// Brings the tenants, teams and keys that the configuration file declares into the database: at start and on every
/// change of the file, idempotently, one edge at a time. A key that left the file is revoked.
/// </summary>
internal sealed partial class ConfiguredIdentities(
    IServiceScopeFactory scopes,
    IPlatformConfigurationSource configuration,
    KeyRingFeed keys,
    TimeProvider clock,
    ILogger<ConfiguredIdentities> logger) : BackgroundService
{
    private const long NotTried = -1;
    private const long StoreIsAway = 0;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _version = NotTried;

    /// <summary>
    /// Whether the key ring at hand knows what the file declares. While PostgreSQL is away the ring kept on disk has
    /// to do.
    /// </summary>
    public bool AreIn(KeyRing ring) =>
        Interlocked.Read(ref _version) is var version && version != NotTried && ring.Version >= version;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var follow = configuration.OnChange(ApplyAsync);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ApplyAsync(configuration.Current, stoppingToken);

                // Later changes come through the subscription, which lives as long as this loop does.
                await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref _version, StoreIsAway, NotTried);
                NotApplied(fault.GetType().Name);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private async Task ApplyAsync(PlatformConfiguration declared, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<EdgeDbContext>();
        var book = scope.ServiceProvider.GetRequiredService<IdentityBook>();

        // Several edges read the same file: the one that gets here first writes, the others find it done.
        var (_, version) = await book.WriteAsync(
            async () =>
            {
                await ApplyTenantsAsync(database, book, declared, cancellationToken);
                await ApplyKeysAsync(database, book, declared, cancellationToken);
                return true;
            },
            cancellationToken);
        Interlocked.Exchange(ref _version, version);
        keys.Announce();
    }

    private async Task ApplyTenantsAsync(
        EdgeDbContext database, IdentityBook book, PlatformConfiguration declared, CancellationToken cancellationToken)
    {
        var tenants = await database.Tenants.ToDictionaryAsync(
            tenant => tenant.Name, StringComparer.Ordinal, cancellationToken);
        var teams = await database.Teams.ToDictionaryAsync(team => (team.Tenant, team.Name), cancellationToken);
        foreach (var wanted in declared.Tenants)
        {
            if (!tenants.TryGetValue(wanted.Name, out var tenant))
            {
                tenant = new Tenant { Name = wanted.Name, Source = DeclaredBy.File, CreatedAt = clock.GetUtcNow() };
                database.Tenants.Add(tenant);
                book.NoteOfFile(
                    "tenant.created", $"tenant:{wanted.Name}", $"tier {wanted.Tier ?? "none"}", wanted.Name);
            }

            tenant.Tier = wanted.Tier;
            tenant.Source = DeclaredBy.File;
            if (database.Entry(tenant).State is EntityState.Modified)
            {
                book.NoteOfFile(
                    "tenant.changed", $"tenant:{wanted.Name}", $"tier {wanted.Tier ?? "none"}", wanted.Name);
            }

            foreach (var wantedTeam in wanted.Teams)
            {
                if (!teams.TryGetValue((wanted.Name, wantedTeam.Name), out var team))
                {
                    team = new Team { Tenant = wanted.Name, Name = wantedTeam.Name, Source = DeclaredBy.File };
                    database.Teams.Add(team);
                    book.NoteOfFile("team.created", $"team:{wanted.Name}/{wantedTeam.Name}",
                        $"cost centre {wantedTeam.CostCenter ?? "none"}", wanted.Name);
                }

                team.CostCenter = wantedTeam.CostCenter;
                team.Source = DeclaredBy.File;
                if (database.Entry(team).State is EntityState.Modified)
                {
                    book.NoteOfFile("team.changed", $"team:{wanted.Name}/{wantedTeam.Name}",
                        $"cost centre {wantedTeam.CostCenter ?? "none"}", wanted.Name);
                }
            }
        }
    }

    private async Task ApplyKeysAsync(
        EdgeDbContext database, IdentityBook book, PlatformConfiguration declared, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var known = await database.Keys.Include(key => key.Secrets).Where(key => key.Source == DeclaredBy.File)
            .ToDictionaryAsync(key => key.Name, StringComparer.Ordinal, cancellationToken);
        var names = declared.Keys.Select(key => key.Name).ToList();
        var hashes = declared.Keys.Select(key => SecretHash.Of(key.Secret.Reveal())).ToList();
        var others = database.Keys.Where(key => key.Source == DeclaredBy.Api);
        var takenNames = await others.Where(key => names.Contains(key.Name)).Select(key => key.Name)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        var takenSecrets = await others.SelectMany(key => key.Secrets.Select(secret => secret.Hash))
            .Where(hash => hashes.Contains(hash))
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        var users = (await database.Users.Select(user => new { user.Tenant, user.Name }).ToListAsync(cancellationToken))
            .Select(user => (user.Tenant, user.Name)).ToHashSet();
        var secrets = known.Values.SelectMany(key => key.Secrets, (key, secret) => (Key: key, Secret: secret))
            .ToDictionary(owned => owned.Secret.Hash, StringComparer.Ordinal);
        foreach (var wanted in declared.Keys)
        {
            var hash = SecretHash.Of(wanted.Secret.Reveal());
            if (takenNames.Contains(wanted.Name) || takenSecrets.Contains(hash))
            {
                // One name in two hands must not keep every other key of the file out.
                Taken(wanted.Name);
                continue;
            }

            if (wanted.User is { } user && users.Add((wanted.Tenant, user)))
            {
                database.Users.Add(new PlatformUser
                {
                    Tenant = wanted.Tenant,
                    Name = user,
                    Source = DeclaredBy.File,
                    CreatedAt = now,
                });
            }

            var isNew = !known.Remove(wanted.Name, out var key);
            key ??= database.Keys.Add(NewKey(wanted, now)).Entity;
            Declare(key, wanted);
            if (key.OwnSecret?.Hash != hash)
            {
                book.NoteWithdrawn(key.Rotate(SecretFor(key, wanted, secrets, now), graceEndsAt: now, now));
            }

            var isChanged = database.Entry(key).State is EntityState.Modified
                || key.Secrets.Any(secret => database.Entry(secret).State is not EntityState.Unchanged);
            if (isNew || isChanged)
            {
                book.NoteOfFile(
                    isNew ? "key.created" : "key.changed", $"key:{wanted.Name}", key.Describe(), key.Tenant);
            }
        }

        foreach (var gone in known.Values.Where(key => key.RevokedAt is null))
        {
            gone.RevokedAt = now;
            book.NoteWithdrawn(gone.Withdrawn(null));
            book.NoteOfFile("key.revoked", $"key:{gone.Name}", "the file no longer declares it", gone.Tenant);
        }
    }

    private static VirtualKey NewKey(KeyConfiguration wanted, DateTimeOffset now) => new()
    {
        Id = VirtualKeySecret.CreateId(),
        Name = wanted.Name,
        Tenant = wanted.Tenant,
        Models = [],
        Metadata = [],
        Source = DeclaredBy.File,
        CreatedAt = now,
    };

    // A key that was renamed in the file keeps its secret, and two that exchanged theirs have each other's: the secret
    // goes to whom the file gives it.
    private static KeySecret SecretFor(
        VirtualKey key,
        KeyConfiguration wanted,
        Dictionary<string, (VirtualKey Key, KeySecret Secret)> known,
        DateTimeOffset now)
    {
        var secret = KeySecret.Of(key.Id, wanted.Secret.Reveal(), now);
        if (!known.TryGetValue(secret.Hash, out var owned))
        {
            return secret;
        }

        owned.Key.Secrets.Remove(owned.Secret);
        owned.Secret.KeyId = key.Id;
        known[secret.Hash] = (key, owned.Secret);
        return owned.Secret;
    }

    private static void Declare(VirtualKey key, KeyConfiguration wanted)
    {
        key.RevokedAt = null;
        key.Tenant = wanted.Tenant;
        key.Team = wanted.Team;
        key.User = wanted.User;
        key.Role = wanted.Role;
        key.Models = [.. wanted.Models.Patterns];
        key.Metadata = new Dictionary<string, string>(wanted.Metadata);
        key.ExpiresAt = wanted.ExpiresAt ?? (key.CreatedAt + wanted.ExpiresAfter);
    }

    [LoggerMessage(LogLevel.Error,
        "The key {Name} of the file is left out: the admin API made one of that name or secret before. Change one")]
    private partial void Taken(string name);

    [LoggerMessage(LogLevel.Warning, "What the file declares cannot be written to PostgreSQL yet ({Fault})")]
    private partial void NotApplied(string fault);
}
