using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Messaging;

/// <summary>
/// Tells the dispatcher of this process that rows were committed, so that it need not poll fast. Only a hint: a lost
/// signal costs one poll interval, a spurious one costs one empty query.
/// </summary>
internal sealed class OutboxSignal<TContext> : IDisposable
    where TContext : DbContext
{
    private static readonly object _marker = new();

    // Weak: a context that never commits takes its mark with it.
    private readonly ConditionalWeakTable<DbContext, object> _expected = [];
    private readonly SemaphoreSlim _wake = new(0, 1);

    public void ExpectCommit(DbContext context) => _expected.AddOrUpdate(context, _marker);

    public void Committed(DbContext context)
    {
        if (!_expected.Remove(context))
            return;

        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        _wake.WaitAsync(timeout, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
