using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LlmPlatform.Alerting.Notices;

/// <summary>
/// Decides, once for each thing there is to tell, that people are told; the unique id of each delivery lets only the
/// first of many writers through. Scoped, like the context.
/// </summary>
internal sealed partial class NoticeBook(
    AlertingDbContext database,
    DeliverySignal signal,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger<NoticeBook> logger)
{
    /// <summary>
    /// Posts a notice to channels. While PostgreSQL does not answer it waits, and the message stays with the broker.
    /// </summary>
    /// <param name="key">What it tells of: the same key is told once on each channel, for ever.</param>
    /// <param name="notice">The words; its delivery id does not count.</param>
    /// <param name="channels">By name.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public Task PostAsync(
        string key, AlertNotice notice, IReadOnlyCollection<string> channels, CancellationToken cancellationToken) =>
        PostUnlessAsync(null, key, notice, channels, cancellationToken);

    /// <summary>The same, but nothing where any of the channels was told of something that makes it stale.</summary>
    /// <param name="stale">The key of that; null: nothing makes it stale.</param>
    /// <param name="key">What it tells of.</param>
    /// <param name="notice">The words.</param>
    /// <param name="channels">By name.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task PostUnlessAsync(
        string? stale,
        string key,
        AlertNotice notice,
        IReadOnlyCollection<string> channels,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (stale is not null && await WasPostedAsync(stale, channels, cancellationToken))
                    return;
                await PostOnceAsync(key, NoticeText.Write(notice), channels, cancellationToken);
                signal.Raise();
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException { IsTransient: true }
                || fault.InnerException is NpgsqlException { IsTransient: true })
            {
                if (attempt == 1)
                    LogWaiting(fault);
                await Task.Delay(options.OutagePause, clock, cancellationToken);
            }
        }
    }

    private static Guid IdOf(string key, string channel) => EventIdentity.Named($"notice\n{key}\n{channel}");

    private Task<bool> WasPostedAsync(
        string key, IReadOnlyCollection<string> channels, CancellationToken cancellationToken)
    {
        var ids = channels.Select(channel => IdOf(key, channel)).ToList();
        return database.Deliveries.AnyAsync(delivery => ids.Contains(delivery.Id), cancellationToken);
    }

    private async Task PostOnceAsync(
        string key, string notice, IReadOnlyCollection<string> channels, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var giveUpAt = now + options.GiveUpAfter;
        foreach (var channel in channels.Distinct(StringComparer.Ordinal))
        {
            var id = IdOf(key, channel);
            await database.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO alerting.delivery (id, notice, channel, state, attempts, failures, due_at, give_up_at,
                    created_at)
                VALUES ({id}, {notice}, {channel}, {Delivery.TextOf(DeliveryState.Pending)}, 0, 0, {now}, {giveUpAt},
                    {now})
                ON CONFLICT (id) DO NOTHING
                """,
                cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The alerting database does not answer; a notice waits until it does")]
    private partial void LogWaiting(Exception fault);
}
