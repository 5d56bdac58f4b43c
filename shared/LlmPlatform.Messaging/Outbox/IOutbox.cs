using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>
/// Messages that leave if, and only if, the transaction of <typeparamref name="TContext"/> commits. Scoped, like the
/// context: <see cref="Add{T}"/> only adds a row to it, and the caller's <c>SaveChangesAsync</c> saves both.
/// </summary>
/// <typeparam name="TContext">The service's context, whose model calls <c>AddMessagingTables</c>.</typeparam>
public interface IOutbox<TContext>
    where TContext : DbContext
{
    /// <summary>Adds a message to be published, at least once, after the context's transaction commits.</summary>
    /// <param name="message">A contract, published as its run-time type and serialized now.</param>
    /// <param name="messageId">
    /// Kept on every resend, so that receivers can tell a repeat. Give a deterministic one where the caller itself may
    /// run twice; a fresh one is made otherwise.
    /// </param>
    /// <param name="correlationId">Carried in the envelope; null leaves it to the bus's conventions.</param>
    /// <exception cref="InvalidOperationException">
    /// The type is not in an assembly given to <c>AddMessageContracts</c>: it could be stored but never sent.
    /// </exception>
    void Add<T>(T message, Guid? messageId = null, Guid? correlationId = null)
        where T : class;
}
