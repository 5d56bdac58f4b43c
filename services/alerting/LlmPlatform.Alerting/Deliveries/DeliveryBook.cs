using LlmPlatform.Alerting.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Claims deliveries and notes what came of them. No transaction is open while a channel is spoken to.
/// </summary>
internal sealed class DeliveryBook(AlertingDbContext database, DeliveryOptions options, TimeProvider clock)
{
    /// <summary>The channels that something is due for, those that wait longest first.</summary>
    public Task<List<string>> DueChannelsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return database.Deliveries
            .Where(delivery => delivery.State == DeliveryState.Pending && delivery.DueAt <= now)
            .GroupBy(delivery => delivery.Channel)
            .OrderBy(channel => channel.Min(delivery => delivery.DueAt))
            .Select(channel => channel.Key)
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Claims the delivery that has been due for longest; null when none is. Rows that another replica
    /// is about to claim are passed over, and a claimed one is not due again before its lease ends. The end of a
    /// trouble waits until its beginning has been told, or given up.
    /// </summary>
    public async Task<Delivery?> ClaimAsync(string channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var lease = now + options.Lease;
        var claimed = await database.Deliveries.FromSql(
            $"""
            UPDATE alerting.delivery SET attempts = attempts + 1, due_at = {lease}
            WHERE id = (
                SELECT id FROM alerting.delivery AS due
                WHERE state = 'pending' AND channel = {channel} AND due_at <= {now} AND NOT (is_over AND EXISTS (
                    SELECT 1 FROM alerting.delivery AS beginning
                    WHERE beginning.trouble_key = due.trouble_key AND beginning.channel = due.channel
                        AND NOT beginning.is_over AND beginning.state = 'pending'))
                ORDER BY due_at, number LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return claimed.SingleOrDefault();
    }

    /// <summary>
    /// Claims what else is due to a channel and may be gathered, those that wait longest first, as one message.
    /// </summary>
    public async Task<List<Delivery>> ClaimGatheredAsync(string channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var lease = now + options.Lease;
        var claimed = await database.Deliveries.FromSql(
            $"""
            UPDATE alerting.delivery SET attempts = attempts + 1, due_at = {lease}
            WHERE id IN (
                SELECT id FROM alerting.delivery AS due
                WHERE state = 'pending' AND channel = {channel} AND due_at <= {now} AND NOT urgent
                    AND NOT (is_over AND EXISTS (
                        SELECT 1 FROM alerting.delivery AS beginning
                        WHERE beginning.trouble_key = due.trouble_key AND beginning.channel = due.channel
                            AND NOT beginning.is_over AND beginning.state = 'pending'))
                ORDER BY due_at, number LIMIT {options.GatheredMax - 1} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);
        return [.. claimed.OrderBy(delivery => delivery.Number)];
    }

    /// <summary>
    /// When a channel that has had its messages of an hour may have another; null: now. One that gathered many counts
    /// once.
    /// </summary>
    public async Task<DateTimeOffset?> FullUntilAsync(
        string channel, int maxPerHour, CancellationToken cancellationToken)
    {
        var since = clock.GetUtcNow() - TimeSpan.FromHours(1);
        var sent = await database.Deliveries.AsNoTracking()
            .Where(delivery => delivery.Channel == channel && delivery.State == DeliveryState.Delivered
                && delivery.DeliveredAt > since)
            .GroupBy(delivery => delivery.GatheredIn ?? delivery.Id)
            .Select(message => message.Max(delivery => delivery.DeliveredAt))
            .OrderByDescending(deliveredAt => deliveredAt)
            .Take(maxPerHour)
            .ToListAsync(cancellationToken);
        return sent.Count < maxPerHour ? null : sent[^1] + TimeSpan.FromHours(1);
    }

    public Task<Alert> AlertOfAsync(Delivery delivery, CancellationToken cancellationToken) =>
        database.Alerts.AsNoTracking().SingleAsync(alert => alert.Id == delivery.AlertId, cancellationToken);

    /// <summary>Notes how the attempt of a claim ended; nothing when the claim is void by now.</summary>
    /// <param name="claim">What was sent.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="gatheredIn">The message it was sent in with others; null: by itself.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <returns>What the delivery has come to.</returns>
    public async Task<DeliveryState> NoteAsync(
        Delivery claim, SendResult result, Guid? gatheredIn, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (state, due) = result.Outcome switch
        {
            SendOutcome.Delivered => (DeliveryState.Delivered, claim.DueAt),
            SendOutcome.Gone => (DeliveryState.ChannelDisabled, claim.DueAt),
            SendOutcome.Retry when now < claim.GiveUpAt => (DeliveryState.Pending, NextTry(claim, result, now)),
            _ => (DeliveryState.Dead, claim.DueAt),
        };
        DateTimeOffset? deliveredAt = state == DeliveryState.Delivered ? now : null;
        var failures = state == DeliveryState.Delivered ? claim.Failures : claim.Failures + 1;
        await Unchanged(claim).ExecuteUpdateAsync(
            row => row
                .SetProperty(delivery => delivery.State, state)
                .SetProperty(delivery => delivery.DueAt, due)
                .SetProperty(delivery => delivery.Failures, failures)
                .SetProperty(delivery => delivery.DeliveredAt, deliveredAt)
                .SetProperty(delivery => delivery.GatheredIn, gatheredIn)
                .SetProperty(delivery => delivery.LastResult, result.Detail),
            cancellationToken);
        return state;
    }

    /// <summary>Sets a delivery aside until its channel can be sent to.</summary>
    public Task SetAsideAsync(
        Delivery claim, DeliveryState state, string because, CancellationToken cancellationToken) =>
        Unchanged(claim).ExecuteUpdateAsync(
            row => row
                .SetProperty(delivery => delivery.State, state)
                .SetProperty(delivery => delivery.LastResult, because),
            cancellationToken);

    /// <summary>Gives a claim back that nothing was done with, to be due at once.</summary>
    public Task ReleaseAsync(Delivery claim, CancellationToken cancellationToken) =>
        PostponeAsync(claim, clock.GetUtcNow(), cancellationToken);

    /// <summary>Gives a claim back that nothing was done with, to be due later.</summary>
    public Task PostponeAsync(Delivery claim, DateTimeOffset until, CancellationToken cancellationToken) =>
        Unchanged(claim).ExecuteUpdateAsync(
            row => row.SetProperty(delivery => delivery.DueAt, until), cancellationToken);

    /// <summary>Takes up again what was set aside for channels that can be sent to now.</summary>
    public Task<int> TakeUpAsync(IReadOnlyCollection<string> channels, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return database.Deliveries
            .Where(delivery => channels.Contains(delivery.Channel)
                && (delivery.State == DeliveryState.ChannelMissing
                    || delivery.State == DeliveryState.ChannelDisabled))
            .ExecuteUpdateAsync(row => Restarted(row, now), cancellationToken);
    }

    /// <summary>Asks for a delivery again that has come to an end.</summary>
    /// <returns>False when it has not: it will be tried by itself.</returns>
    public async Task<bool> RestartAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await database.Deliveries
            .Where(delivery => delivery.Id == id && delivery.State != DeliveryState.Pending)
            .ExecuteUpdateAsync(row => Restarted(row, now), cancellationToken) > 0;
    }

    private void Restarted(UpdateSettersBuilder<Delivery> row, DateTimeOffset now) => row
            .SetProperty(delivery => delivery.State, DeliveryState.Pending)
            .SetProperty(delivery => delivery.DueAt, now)
            .SetProperty(delivery => delivery.GiveUpAt, now + options.GiveUpAfter)
            .SetProperty(delivery => delivery.Failures, 0);

    private IQueryable<Delivery> Unchanged(Delivery claim) => database.Deliveries.Where(delivery =>
        delivery.Id == claim.Id && delivery.Attempts == claim.Attempts && delivery.State == DeliveryState.Pending);

    /// <summary>
    /// As the channel asked, or as the pauses say; never past the end, where one last attempt is made.
    /// </summary>
    private DateTimeOffset NextTry(Delivery claim, SendResult result, DateTimeOffset now)
    {
        var due = now + (result.RetryAfter ?? options.PauseAfter(claim.Failures + 1, Random.Shared.NextDouble()));
        return due < claim.GiveUpAt ? due : claim.GiveUpAt;
    }
}
