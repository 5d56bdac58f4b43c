using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace LlmPlatform.Messaging;

/// <summary>
/// The instances as one message sees them, inside the transaction of
/// <see cref="PostgresSagaRepository{TContext,TSaga}"/>. Changes are only tracked here; the repository saves them once,
/// together with the outgoing messages.
/// The context is also a payload, for activities that need more of the service's state in the same transaction.
/// </summary>
internal sealed class PostgresSagaContext<TSaga, TMessage>(ConsumeContext<TMessage> message, DbContext context)
    : ConsumeContextScope<TMessage>(message, context), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) => Handling(instance)!;

    public async Task<SagaConsumeContext<TSaga, TMessage>?> Insert(TSaga instance)
    {
        var entry = context.Add(instance);
        try
        {
            // EF guards the statement with a savepoint, so a duplicate leaves the transaction usable.
            await context.SaveChangesAsync(CancellationToken);
            return await Handling(instance);
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Someone else created it; null makes the caller load theirs.
            entry.State = EntityState.Detached;
            return null;
        }
    }

    public async Task<SagaConsumeContext<TSaga, TMessage>?> Load(Guid correlationId) =>
        await LockAsync(correlationId) is { } instance ? await Handling(instance) : null;

    /// <summary>Locks the instances that match, and drops those that no longer do once they are locked.</summary>
    public async Task<IReadOnlyList<TSaga>> LoadAsync(ISagaQuery<TSaga> query)
    {
        // In one order for everybody, so that two messages that match the same instances cannot deadlock.
        var ids = await context.Set<TSaga>().AsNoTracking().Where(query.FilterExpression)
            .Select(instance => instance.CorrelationId).OrderBy(id => id).ToListAsync(CancellationToken);
        var matches = query.GetFilter();
        var instances = new List<TSaga>(ids.Count);
        foreach (var id in ids)
        {
            if (await LockAsync(id) is { } instance && matches(instance))
                instances.Add(instance);
        }

        return instances;
    }

    public Task Save(SagaConsumeContext<TSaga> saga)
    {
        context.Add(saga.Saga);
        return Task.CompletedTask;
    }

    // The instance is tracked since it was loaded.
    public Task Update(SagaConsumeContext<TSaga> saga) => Task.CompletedTask;

    public Task Delete(SagaConsumeContext<TSaga> saga)
    {
        context.Remove(saga.Saga);
        return Task.CompletedTask;
    }

    // An instance that was created and completed by the same message never was a row.
    public Task Discard(SagaConsumeContext<TSaga> saga) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> saga)
    {
        context.Entry(saga.Saga).State = EntityState.Detached;
        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class =>
        Task.FromResult<SagaConsumeContext<TSaga, T>>(
            new DefaultSagaConsumeContext<TSaga, T>(consumeContext, instance));

    private Task<SagaConsumeContext<TSaga, TMessage>?> Handling(TSaga instance) =>
        Task.FromResult<SagaConsumeContext<TSaga, TMessage>?>(
            new DefaultSagaConsumeContext<TSaga, TMessage>(this, instance));

    private async Task<TSaga?> LockAsync(Guid correlationId)
    {
        // xmin is named because * leaves it out, and an instance may map it as its concurrency token.
        var select =
            $$"""
            SELECT *, xmin FROM {{MappedTable.NameOf<TSaga>(context)}}
            WHERE {{MappedTable.ColumnOf<TSaga>(context, nameof(ISaga.CorrelationId))}} = {0} FOR UPDATE
            """;
        var found = await context.Set<TSaga>().FromSqlRaw(select, correlationId).ToListAsync(CancellationToken);
        return found.SingleOrDefault();
    }
}
