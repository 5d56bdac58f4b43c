using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>Keeps sagas in the service's own schema.</summary>
public static class SagaRegistrationExtensions
{
    /// <summary>
    /// Keeps the instances in PostgreSQL, through the service's context: one transaction a message, the row locked
    /// while it is handled. What the state machine publishes or sends leaves through the context's outbox, in the same
    /// transaction as the state. Needs <c>AddOutbox&lt;TContext&gt;</c>, the instance mapped with <c>CorrelationId</c>
    /// as its key, and a retry on the endpoint: of concurrent creators of one instance all but one fail with a unique
    /// violation and find the row when they are retried.
    /// </summary>
    /// <typeparam name="TContext">The service's context.</typeparam>
    /// <typeparam name="TSaga">The instance, an entity of that context.</typeparam>
    /// <param name="saga">What <c>AddSagaStateMachine</c> returned.</param>
    public static ISagaRegistrationConfigurator<TSaga> PostgresRepository<TContext, TSaga>(
        this ISagaRegistrationConfigurator<TSaga> saga)
        where TContext : DbContext
        where TSaga : class, ISaga
    {
        ArgumentNullException.ThrowIfNull(saga);
        return saga.Repository(repository => repository.RegisterSagaRepository<
            TSaga, TContext, SagaConsumeContextFactory<TContext, TSaga>, PostgresSagaRepository<TContext, TSaga>>());
    }
}
