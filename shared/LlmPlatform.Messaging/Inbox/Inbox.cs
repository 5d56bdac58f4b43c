using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

internal sealed class Inbox<TContext>(TContext context, TimeProvider time) : IInbox<TContext>
    where TContext : DbContext
{
    public async Task<bool> HandleOnceAsync(
        Guid messageId, string consumer, Func<CancellationToken, Task> effect, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(consumer);
        ArgumentNullException.ThrowIfNull(effect);

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (!await NoteAsync(messageId, consumer, cancellationToken))
            return false;

        var committed = false;
        try
        {
            await effect(cancellationToken);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            committed = true;
        }
        finally
        {
            // Whoever uses this scope again must not save half of an effect that was rolled back.
            if (!committed)
                context.ChangeTracker.Clear();
        }

        return true;
    }

    /// <summary>
    /// ON CONFLICT rather than a caught 23505: a failed statement would end the transaction, and the insert waits all
    /// the same for a concurrent one of the same key to commit or roll back.
    /// </summary>
    private async Task<bool> NoteAsync(Guid messageId, string consumer, CancellationToken cancellationToken)
    {
        var insert =
            $$"""
            INSERT INTO {{MappedTable.NameOf<InboxMessage>(context)}} (message_id, consumer, handled_at)
            VALUES ({0}, {1}, {2}) ON CONFLICT DO NOTHING
            """;
        var inserted = await context.Database.ExecuteSqlRawAsync(
            insert, [messageId, consumer, time.GetUtcNow()], cancellationToken);
        return inserted == 1;
    }
}
