using LlmPlatform.Alerting.Channels;
using LlmPlatform.Alerting.Deliveries;
using LlmPlatform.Hosting.Configuration;
using LlmPlatform.Money;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Alerting.Notices;

/// <summary>
/// Decides, once for each thing there is to tell, that people are told; the unique id of each delivery lets only the
/// first of many writers through. Scoped, like the context.
/// </summary>
internal sealed class NoticeBook(
    AlertingDbContext database,
    NoticeRouting routing,
    DeliverySignal signal,
    StorePatience patience,
    DeliveryOptions options,
    TimeProvider clock)
{
    /// <summary>Posts a notice. While PostgreSQL does not answer it waits.</summary>
    /// <param name="key">What it tells of: the same key is told once on each channel, for ever.</param>
    /// <param name="notice">The words; its delivery id does not count.</param>
    /// <param name="named">The channels beside those of the rules; null: as the rules have it.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public Task PostAsync(
        string key, AlertNotice notice, IReadOnlyCollection<string>? named, CancellationToken cancellationToken) =>
        PostUnlessAsync(null, key, notice, named, cancellationToken);

    /// <summary>The same, but nothing where any of the channels was told of something that makes it stale.</summary>
    /// <param name="stale">The key of that; null: nothing makes it stale.</param>
    /// <param name="key">What it tells of.</param>
    /// <param name="notice">The words.</param>
    /// <param name="named">The channels.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task PostUnlessAsync(
        string? stale,
        string key,
        AlertNotice notice,
        IReadOnlyCollection<string>? named,
        CancellationToken cancellationToken)
    {
        await patience.DoAsync(
            database,
            async () =>
            {
                if (stale is null || !await WasPostedAsync(stale, notice, named, cancellationToken))
                    await WriteAsync(key, notice, named, TimeSpan.Zero, cancellationToken);
                return true;
            },
            cancellationToken);
        signal.Raise();
    }

    /// <summary>Writes the deliveries of a notice, within the caller's transaction where there is one.</summary>
    /// <param name="key">What it tells of.</param>
    /// <param name="notice">The words.</param>
    /// <param name="named">The channels.</param>
    /// <param name="keptBack">How long it is kept back; zero: it is not.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task WriteAsync(
        string key,
        AlertNotice notice,
        IReadOnlyCollection<string>? named,
        TimeSpan keptBack,
        CancellationToken cancellationToken)
    {
        foreach (var channel in routing.ChannelsOf(notice.Kind, notice.Scope, notice.Severity, named))
            await InsertAsync(key, notice, channel, keptBack, cancellationToken);
    }

    /// <summary>
    /// Tells those who heard of a trouble that it is over. Who was to hear of it and has not yet hears of neither.
    /// Within the caller's transaction.
    /// </summary>
    /// <param name="end">Names the trouble.</param>
    /// <param name="isTold">Which channels care for ends; null: all.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public async Task EndAsync(AlertNotice end, Func<string, bool>? isTold, CancellationToken cancellationToken)
    {
        var told = await database.Deliveries.AsNoTracking()
            .Where(delivery => delivery.TroubleKey == end.TroubleKey && !delivery.IsOver)
            .ToListAsync(cancellationToken);
        foreach (var delivery in told.Where(delivery => isTold?.Invoke(delivery.Channel) ?? true))
        {
            // One that was tried may have been taken, though its answer was lost: its channel hears of the end.
            var isUnsent = delivery.Attempts == 0
                && await WithdrawAsync(delivery.Id, cancellationToken);
            if (!isUnsent)
                await InsertAsync($"over\n{end.TroubleKey}", end with { IsOver = true }, delivery.Channel,
                    TimeSpan.Zero, cancellationToken);
        }
    }

    private static Guid IdOf(string key, string channel) => EventIdentity.Named($"notice\n{key}\n{channel}");

    private Task<bool> WasPostedAsync(
        string key, AlertNotice notice, IReadOnlyCollection<string>? named, CancellationToken cancellationToken)
    {
        var ids = routing.ChannelsOf(notice.Kind, notice.Scope, notice.Severity, named)
            .Select(channel => IdOf(key, channel)).ToList();
        return database.Deliveries.AnyAsync(delivery => ids.Contains(delivery.Id), cancellationToken);
    }

    private async Task<bool> WithdrawAsync(Guid id, CancellationToken cancellationToken) =>
        await database.Deliveries
            .Where(row => row.Id == id && row.Attempts == 0 && row.State != DeliveryState.Delivered)
            .ExecuteUpdateAsync(
                row => row
                    .SetProperty(delivery => delivery.State, DeliveryState.Withdrawn)
                    .SetProperty(delivery => delivery.LastResult, "over before it was told"),
                cancellationToken) > 0;

    private async Task InsertAsync(
        string key, AlertNotice notice, string channel, TimeSpan keptBack, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var isUrgent = notice is { Severity: AlertSeverity.Critical, IsOver: false };
        var due = routing.DueAt(notice.Kind, notice.Scope, isUrgent, channel, now + keptBack);
        var giveUpAt = due + options.GiveUpAfter;
        var id = IdOf(key, channel);
        var text = NoticeText.Write(notice);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO alerting.delivery (id, notice, channel, urgent, trouble_key, is_over, state, attempts, failures,
                due_at, give_up_at, created_at)
            VALUES ({id}, {text}, {channel}, {isUrgent}, {notice.TroubleKey}, {notice.IsOver},
                {Delivery.TextOf(DeliveryState.Pending)}, 0, 0, {due}, {giveUpAt}, {now})
            ON CONFLICT (id) DO NOTHING
            """,
            cancellationToken);
    }
}
