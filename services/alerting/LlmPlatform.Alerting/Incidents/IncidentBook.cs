using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Operations;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Alerting.Incidents;

/// <summary>
/// Makes incidents of observations: told once when it begins and once when it ends, however often, late or from however
/// many replicas either is heard; one that comes and goes is told once in a while. Scoped, like the context.
/// </summary>
internal sealed partial class IncidentBook(
    AlertingDbContext database,
    NoticeBook notices,
    DeliverySignal signal,
    StorePatience patience,
    IncidentOptions options,
    TimeProvider clock,
    ILogger<IncidentBook> logger)
{
    /// <summary>Takes an observation. While PostgreSQL does not answer it waits.</summary>
    /// <param name="seen">What was observed.</param>
    /// <param name="named">The channels that are told beside those of the rules; null: as the rules have it.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task HearAsync(
        ConditionObserved seen, IReadOnlyCollection<string>? named, CancellationToken cancellationToken)
    {
        if (await patience.DoAsync(database, () => HearOnceAsync(seen, named, cancellationToken), cancellationToken))
            signal.Raise();
    }

    /// <summary>Ends what nobody has said any more for as long as it was good for.</summary>
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var silent = await database.Incidents.AsNoTracking()
            .Where(incident => incident.ResolvedAt == null && incident.ExpiresAt <= now)
            .ToListAsync(cancellationToken);
        foreach (var incident in silent)
        {
            // As of when it ran out: whoever says in the meantime that it lasts is newer.
            await HearAsync(
                new ConditionObserved
                {
                    Condition = incident.Condition,
                    Subject = incident.Subject,
                    Holds = false,
                    Detail = "it is no longer reported",
                    ObservedAt = incident.ExpiresAt!.Value,
                },
                named: null,
                cancellationToken);
        }
    }

    private async Task<bool> HearOnceAsync(
        ConditionObserved seen, IReadOnlyCollection<string>? named, CancellationToken cancellationToken)
    {
        var at = seen.ObservedAt.ToUniversalTime();
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var key = $"incident\n{seen.Condition}\n{seen.Subject}";
        await database.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended({key}, 0))", cancellationToken);
        var latest = await database.Incidents
            .Where(incident => incident.Condition == seen.Condition && incident.Subject == seen.Subject)
            .OrderByDescending(incident => incident.Episode)
            .FirstOrDefaultAsync(cancellationToken);

        // What is older than what is known says nothing new, and an end of what never began is no news.
        if (latest is null ? !seen.Holds : at <= latest.HeardAt)
            return false;

        var isNews = seen.Holds != (latest is { ResolvedAt: null });
        if (seen.Holds && isNews)
            await OpenAsync(seen, at, latest, named, cancellationToken);
        else if (isNews)
            await CloseAsync(latest!, seen, at, cancellationToken);
        if (latest is not null)
        {
            latest.HeardAt = at;
            if (seen.Holds && !isNews)
                latest.ExpiresAt = at + seen.GoodFor;
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        database.ChangeTracker.Clear();
        return isNews;
    }

    private async Task OpenAsync(
        ConditionObserved seen,
        DateTimeOffset at,
        Incident? before,
        IReadOnlyCollection<string>? named,
        CancellationToken cancellationToken)
    {
        var (words, episode) = (IncidentWording.Of(seen, since: null), (before?.Episode ?? 0) + 1);
        var incident = new Incident
        {
            Id = EventIdentity.Named(
                FormattableString.Invariant($"incident\n{seen.Condition}\n{seen.Subject}\n{episode}")),
            Condition = seen.Condition,
            Subject = seen.Subject,
            Episode = episode,
            Severity = words.Severity,
            Title = words.Title,
            OpenedAt = at,
            ToldAt = before?.NextToldAt(at, options.CoolDown) ?? at,
            HeardAt = at,
            ExpiresAt = at + seen.GoodFor,
        };
        database.Incidents.Add(incident);

        // For so long, not until then: whoever observed it may have another clock.
        await notices.WriteAsync(
            incident.TroubleKey, words with { TroubleKey = incident.TroubleKey }, named, incident.ToldAt - at,
            cancellationToken);
        LogOpened(seen.Condition, seen.Subject);
    }

    private async Task CloseAsync(
        Incident incident, ConditionObserved seen, DateTimeOffset at, CancellationToken cancellationToken)
    {
        incident.ResolvedAt = at;
        var words = IncidentWording.Of(seen, incident.OpenedAt) with
        {
            TroubleKey = incident.TroubleKey,
            Severity = incident.Severity,
        };
        await notices.EndAsync(words, isTold: null, cancellationToken);
        LogClosed(seen.Condition, seen.Subject);
    }

    [LoggerMessage(LogLevel.Warning, "{Condition} of {Subject} has begun")]
    private partial void LogOpened(string condition, string subject);

    [LoggerMessage(LogLevel.Information, "{Condition} of {Subject} is over")]
    private partial void LogClosed(string condition, string subject);
}
