using MassTransit;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>
/// Handles one message of a saga in one transaction: the instance is loaded and locked, the state machine runs, state
/// and outgoing messages are saved together, and the whole commits or none of it does.
/// </summary>
internal sealed class PostgresSagaRepository<TContext, TSaga>(
    TContext context, Outbox<TContext> outbox, IServiceProvider services) : ISagaRepositoryContextFactory<TSaga>
    where TContext : DbContext
    where TSaga : class, ISaga
{
    public void Probe(ProbeContext context) => context.Add("persistence", "postgresql");

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class =>
        InTransactionAsync(context, next.Send);

    public Task SendQuery<T>(
        ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        InTransactionAsync(context, async repository =>
        {
            var instances = await repository.LoadAsync(query);
            await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(repository, instances));
        });

    private async Task InTransactionAsync<T>(
        ConsumeContext<T> message, Func<PostgresSagaContext<TSaga, T>, Task> handle)
        where T : class
    {
        var outgoing = new SagaOutgoingMessages();
        await using var transaction = await context.Database.BeginTransactionAsync(message.CancellationToken);
        var committed = false;
        try
        {
            var captured = new SagaConsumeCapture<T>(message, outgoing, services);
            await handle(new PostgresSagaContext<TSaga, T>(captured, context));
            foreach (var one in outgoing.Close())
                outbox.Add(one);
            await context.SaveChangesAsync(message.CancellationToken);
            await transaction.CommitAsync(message.CancellationToken);
            committed = true;
        }
        finally
        {
            // A retry may run in this same scope and must not meet what was rolled back.
            if (!committed)
                context.ChangeTracker.Clear();
        }
    }
}
