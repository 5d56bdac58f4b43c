using LlmPlatform.Hosting.Configuration;
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
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // Several edges read the same file: the one that gets here first writes, the others find it done.
        await database.Database.ExecuteSqlRawAsync(
            "SELECT pg_advisory_xact_lock(hashtext('edge.configured_identities'))", cancellationToken);
        await ApplyTenantsAsync(database, book, declared, cancellationToken);
        await ApplyKeysAsync(database, book, declared, cancellationToken);
        if (database.ChangeTracker.HasChanges())
        {
            await book.SaveAsync(cancellationToken);
        }

        var version = await database.Versions.AsNoTracking().SingleAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Interlocked.Exchange(ref _version, version.Version);
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
                book.Note(DeclaredBy.File, "tenant.created", $"tenant:{wanted.Name}", $"tier {wanted.Tier ?? "none"}");
            }

            tenant.Tier = wanted.Tier;
            tenant.Source = DeclaredBy.File;
            foreach (var wantedTeam in wanted.Teams)
            {
                if (!teams.TryGetValue((wanted.Name, wantedTeam.Name), out var team))
                {
                    team = new Team { Tenant = wanted.Name, Name = wantedTeam.Name, Source = DeclaredBy.File };
                    database.Teams.Add(team);
                    book.Note(DeclaredBy.File, "team.created", $"team:{wanted.Name}/{wantedTeam.Name}",
                        $"cost centre {wantedTeam.CostCenter ?? "none"}");
                }

                team.CostCenter = wantedTeam.CostCenter;
                team.Source = DeclaredBy.File;
            }
        }
    }

    private async Task ApplyKeysAsync(
        EdgeDbContext database, IdentityBook book, PlatformConfiguration declared, CancellationToken cancellationToken)
    {
        var known = await database.Keys.Where(key => key.Source == DeclaredBy.File)
            .ToDictionaryAsync(key => key.Name, StringComparer.Ordinal, cancellationToken);
        var names = declared.Keys.Select(key => key.Name).ToList();
        var taken = await database.Keys.Where(key => key.Source == DeclaredBy.Api && names.Contains(key.Name))
            .Select(key => key.Name)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        foreach (var wanted in declared.Keys)
        {
            if (taken.Contains(wanted.Name))
            {
                // One name in two hands must not keep every other key of the file out.
                NameTaken(wanted.Name);
                continue;
            }

            var secret = wanted.Secret.Reveal();
            if (!known.Remove(wanted.Name, out var key))
            {
                key = new VirtualKey
                {
                    Id = VirtualKeySecret.CreateId(),
                    Name = wanted.Name,
                    Tenant = wanted.Tenant,
                    SecretHash = "",
                    SecretPrefix = "",
                    Models = [],
                    Metadata = [],
                    Source = DeclaredBy.File,
                    CreatedAt = clock.GetUtcNow(),
                };
                database.Keys.Add(key);
                book.Note(DeclaredBy.File, "key.created", $"key:{wanted.Name}", $"tenant {wanted.Tenant}");
            }

            if (key.RevokedAt is not null)
            {
                key.RevokedAt = null;
                book.Note(DeclaredBy.File, "key.activated", $"key:{wanted.Name}", "the file declares it again");
            }

            key.SecretHash = KeyRing.HashOf(secret);
            key.SecretPrefix = VirtualKeySecret.PrefixOf(secret);
            key.Tenant = wanted.Tenant;
            key.Team = wanted.Team;
            key.User = wanted.User;
            key.Models = [.. wanted.Models.Patterns];
            key.Metadata = new Dictionary<string, string>(wanted.Metadata);
            key.ExpiresAt = wanted.ExpiresAt ?? (key.CreatedAt + wanted.ExpiresAfter);
        }

        foreach (var gone in known.Values.Where(key => key.RevokedAt is null))
        {
            gone.RevokedAt = clock.GetUtcNow();
            book.Note(DeclaredBy.File, "key.revoked", $"key:{gone.Name}", "the file no longer declares it");
        }
    }

    [LoggerMessage(LogLevel.Error,
        "The key {Name} of the file is left out: the admin API made one of that name before. Rename one of them")]
    private partial void NameTaken(string name);

    [LoggerMessage(LogLevel.Warning, "What the file declares cannot be written to PostgreSQL yet ({Fault})")]
    private partial void NotApplied(string fault);
}
