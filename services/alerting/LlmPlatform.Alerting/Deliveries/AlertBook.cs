using LlmPlatform.Contracts.Budgets;
using LlmPlatform.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Decides, once for each crossing, that people are told: the alert and its deliveries are written in one transaction,
/// and the unique key of the alert lets only the first of many writers through.
/// </summary>
internal sealed partial class AlertBook(
    AlertingDbContext database,
    DeliverySignal signal,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger<AlertBook> logger)
{
    // As long as counters are kept after their period.
    private static readonly TimeSpan Lately = TimeSpan.FromDays(35);

    /// <summary>
    /// Opens the alert unless it is open. While PostgreSQL does not answer it waits, so that the message stays with the
    /// broker however long that lasts, rather than being given up after a few attempts.
    /// </summary>
    /// <returns>True when it was new.</returns>
    public async Task<bool> OpenAsync(BudgetThresholdCrossed crossed, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OpenOnceAsync(crossed, cancellationToken);
            }
            catch (Exception fault) when (IsPassing(fault))
            {
                database.ChangeTracker.Clear();
                if (attempt == 1)
                    LogWaiting(fault);
                await Task.Delay(options.OutagePause, clock, cancellationToken);
            }
        }
    }

    /// <summary>
    /// How many alerts stand for periods that run or ended lately, and a hash of which: the one that metering's
    /// <c>--rebuild</c> prints of the crossings it derives from usage, which it announces once more.
    /// </summary>
    public async Task<string> CountAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - Lately;
        var alerts = await database.Alerts.AsNoTracking()
            .Where(alert => alert.PeriodEndsAt > since)
            .Select(alert => new { alert.BudgetId, alert.PeriodId, alert.ThresholdBasisPoints })
            .ToListAsync(cancellationToken);
        var hash = CanonicalHash.Of(alerts.Select(alert => FormattableString.Invariant(
            $"{alert.BudgetId} {alert.PeriodId} {alert.ThresholdBasisPoints}")));
        return FormattableString.Invariant($"{alerts.Count} alerts; alerts {hash}");
    }

    private static bool IsPassing(Exception fault) =>
        fault is NpgsqlException { IsTransient: true } || fault.InnerException is NpgsqlException { IsTransient: true };

    private async Task<bool> OpenOnceAsync(BudgetThresholdCrossed crossed, CancellationToken cancellationToken)
    {
        var alert = Alert.Of(crossed, clock.GetUtcNow());
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await InsertAsync(alert, cancellationToken) == 0)
            return false;

        var giveUpAt = alert.CreatedAt + options.GiveUpAfter;
        database.Deliveries.AddRange(crossed.Channels
            .Distinct(StringComparer.Ordinal)
            .Select(channel => Delivery.Of(alert, channel, giveUpAt)));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        signal.Raise();
        LogOpened(alert.Id, alert.BudgetId, alert.PeriodId, alert.ThresholdBasisPoints);
        return true;
    }

    private Task<int> InsertAsync(Alert alert, CancellationToken cancellationToken) =>
        database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO alerting.alert (id, budget_id, budget_name, scope, period_id, period_starts_at, period_ends_at,
                threshold_bp, spent_nano_usd, limit_nano_usd, enforced, crossed_at, created_at)
            VALUES ({alert.Id}, {alert.BudgetId}, {alert.BudgetName}, {alert.Scope}, {alert.PeriodId},
                {alert.PeriodStartsAt}, {alert.PeriodEndsAt}, {alert.ThresholdBasisPoints}, {alert.SpentNanoUsd},
                {alert.LimitNanoUsd}, {alert.Enforced}, {alert.CrossedAt}, {alert.CreatedAt})
            ON CONFLICT DO NOTHING
            """,
            cancellationToken);

    [LoggerMessage(LogLevel.Information,
        "Alert {AlertId}: budget {BudgetId} crossed {ThresholdBasisPoints} basis points in period {PeriodId}")]
    private partial void LogOpened(Guid alertId, string budgetId, string periodId, int thresholdBasisPoints);

    [LoggerMessage(LogLevel.Warning, "The alerting database does not answer; what arrived waits until it does")]
    private partial void LogWaiting(Exception fault);
}
