using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Notices;
using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Decides, once for each crossing, that people are told: the alert and its deliveries are written in one transaction,
/// and the unique key of the alert lets only the first of many writers through.
/// </summary>
internal sealed partial class AlertBook(
    AlertingDbContext database,
    NoticeRouting routing,
    NoticeBook notices,
    ChannelDesk channels,
    DeliverySignal signal,
    StorePatience patience,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger<AlertBook> logger)
{
    // As long as counters are kept after their period.
    private static readonly TimeSpan Lately = TimeSpan.FromDays(35);

    /// <summary>Opens the alert unless it is open.</summary>
    /// <returns>True when it was new.</returns>
    public Task<bool> OpenAsync(BudgetThresholdCrossed crossed, CancellationToken cancellationToken) =>
        patience.DoAsync(database, () => OpenOnceAsync(crossed, cancellationToken), cancellationToken);

    /// <summary>
    /// Closes the troubles of a budget period that calls were refused in: whoever is on call need not look any more.
    /// </summary>
    /// <param name="budgetId">The budget.</param>
    /// <param name="periodId">The period.</param>
    /// <param name="isMeant">Which of its alerts.</param>
    /// <param name="because">Why, as a sentence.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task CloseAsync(
        string budgetId,
        string periodId,
        Func<Alert, bool> isMeant,
        string because,
        CancellationToken cancellationToken)
    {
        await patience.DoAsync(
            database, () => CloseOnceAsync(budgetId, periodId, isMeant, because, cancellationToken), cancellationToken);
        signal.Raise();
    }

    /// <summary>
    /// How many alerts stand for periods that run or ended lately, and a hash of which: the one that metering's
    /// <c>--rebuild</c> prints of the crossings it derives from usage, which it announces once more.
    /// </summary>
    public async Task<string> CountAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - Lately;
        var alerts = await database.Alerts.AsNoTracking()
            .Where(alert => alert.PeriodEndsAt > since && alert.Episode == 0)
            .Select(alert => new { alert.BudgetId, alert.PeriodId, alert.ThresholdBasisPoints })
            .ToListAsync(cancellationToken);
        var hash = CanonicalHash.Of(alerts.Select(alert => FormattableString.Invariant(
            $"{alert.BudgetId} {alert.PeriodId} {alert.ThresholdBasisPoints}")));
        return FormattableString.Invariant($"{alerts.Count} alerts; alerts {hash}");
    }

    private async Task<bool> OpenOnceAsync(BudgetThresholdCrossed crossed, CancellationToken cancellationToken)
    {
        var alert = Alert.Of(crossed, clock.GetUtcNow());
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await InsertAsync(alert, cancellationToken) == 0)
            return false;

        database.Deliveries.AddRange(
            routing.ChannelsOf(Alert.Kind, alert.Scope, alert.Severity, crossed.Channels)
                .Select(channel => DeliveryOf(alert, channel)));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signal.Raise();
        LogOpened(alert.Id, alert.BudgetId, alert.PeriodId, alert.ThresholdBasisPoints);
        return true;
    }

    // Only who opens and closes by key is told of the end; for people the period's end is in the alert's own words.
    private async Task<bool> CloseOnceAsync(
        string budgetId,
        string periodId,
        Func<Alert, bool> isMeant,
        string because,
        CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var alerts = await database.Alerts.AsNoTracking()
            .Where(alert => alert.BudgetId == budgetId && alert.PeriodId == periodId)
            .ToListAsync(cancellationToken);
        foreach (var alert in alerts.Where(alert => alert.TroubleKey is not null && isMeant(alert)))
        {
            var end = AlertWording.EndOf(alert, because, clock.GetUtcNow());
            await notices.EndAsync(
                end, name => channels.Find(name)?.Kind == ChannelKind.PagerDuty, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private Delivery DeliveryOf(Alert alert, string channel)
    {
        var isUrgent = alert.Severity == AlertSeverity.Critical;
        var due = routing.DueAt(Alert.Kind, alert.Scope, isUrgent, channel, alert.CreatedAt);
        return new Delivery
        {
            Id = EventIdentity.Named($"delivery\n{alert.Id}\n{channel}"),
            AlertId = alert.Id,
            Channel = channel,
            IsUrgent = isUrgent,
            TroubleKey = alert.TroubleKey,
            State = DeliveryState.Pending,
            DueAt = due,
            GiveUpAt = due + options.GiveUpAfter,
            CreatedAt = alert.CreatedAt,
        };
    }

    private Task<int> InsertAsync(Alert alert, CancellationToken cancellationToken) =>
        database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO alerting.alert (id, budget_id, budget_name, scope, period_id, period_starts_at, period_ends_at,
                episode, time_zone, shared_users, threshold_bp, spent_nano_usd, limit_nano_usd, spent_tokens,
                limit_tokens, enforced, crossed_at, created_at)
            VALUES ({alert.Id}, {alert.BudgetId}, {alert.BudgetName}, {alert.Scope}, {alert.PeriodId},
                {alert.PeriodStartsAt}, {alert.PeriodEndsAt}, {alert.Episode}, {alert.TimeZone}, {alert.SharedUsers},
                {alert.ThresholdBasisPoints}, {alert.SpentNanoUsd}, {alert.LimitNanoUsd}, {alert.SpentTokens},
                {alert.LimitTokens}, {alert.Enforced}, {alert.CrossedAt}, {alert.CreatedAt})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);

    [LoggerMessage(LogLevel.Information,
        "Alert {AlertId}: budget {BudgetId} crossed {ThresholdBasisPoints} basis points in period {PeriodId}")]
    private partial void LogOpened(Guid alertId, string budgetId, string periodId, int thresholdBasisPoints);
}
