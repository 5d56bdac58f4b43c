using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>
/// Runs the effect of a message once, however often it is delivered. For effects that no key of their own makes
/// idempotent; where the effect has a natural key, a unique index on that is better. Scoped, like the context.
/// </summary>
/// <typeparam name="TContext">The service's context, whose model calls <c>AddMessagingTables</c>.</typeparam>
public interface IInbox<TContext>
    where TContext : DbContext
{
    /// <summary>
    /// In one transaction: notes the message, runs <paramref name="effect"/>, saves the context, commits. A concurrent
    /// delivery of the same message waits for that transaction: it is a repeat if it commits, and runs if it does not.
    /// </summary>
    /// <param name="messageId">The id of the message, the same on every delivery.</param>
    /// <param name="consumer">
    /// Who handles it, at most 200 characters: two consumers of one service each handle it once.
    /// </param>
    /// <param name="effect">What to do with the context and the outbox of this scope; it need not save.</param>
    /// <param name="cancellationToken">Abandons the effect and rolls back.</param>
    /// <returns>False when the message had been handled: nothing was run.</returns>
    /// <exception cref="InvalidOperationException">
    /// The context already has a transaction, or retries of the execution strategy are on: the redelivery of the
    /// message is the retry.
    /// </exception>
    Task<bool> HandleOnceAsync(
        Guid messageId, string consumer, Func<CancellationToken, Task> effect, CancellationToken cancellationToken);
}
