namespace LlmPlatform.Hosting.Bus;

/// <summary>
/// Works on what many deliveries bring together, one batch after another. A delivery completes with the batch that it
/// was in itself. In the batches of MassTransit a delivery that is cancelled while it waits is taken out by its message
/// id, takes out the same message that came again with it, and both then complete with a batch they were not in.
/// </summary>
/// <typeparam name="T">What one delivery brings.</typeparam>
/// <param name="most">How many one batch has at most.</param>
/// <param name="wait">How long the first of a batch waits for others.</param>
/// <param name="workAsync">
/// Returns when all of it is kept. May be given the same again, alone or with others. Cancelled when nobody waits for
/// it any more.
/// </param>
/// <param name="clock">Measures the wait.</param>
public sealed class Gathering<T>(
    int most, TimeSpan wait, Func<IReadOnlyList<T>, CancellationToken, Task> workAsync, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Queue<Delivery> _waiting = new();
    private TaskCompletionSource _full = NewSignal();
    private bool _isWorking;

    /// <summary>Completes when the item was worked on, and fails when that failed with the item alone.</summary>
    /// <param name="item">What the delivery brings.</param>
    /// <param name="cancellationToken">Nobody waits for this delivery any more.</param>
    public Task AddAsync(T item, CancellationToken cancellationToken)
    {
        var delivery = new Delivery(item, clock.GetTimestamp(), cancellationToken);
        lock (_gate)
        {
            _waiting.Enqueue(delivery);
            if (_waiting.Count >= most)
            {
                _full.TrySetResult();
            }

            if (!_isWorking)
            {
                _isWorking = true;
                _ = Task.Run(WorkOnAllAsync, CancellationToken.None);
            }
        }

        return delivery.Done.Task;
    }

    private async Task WorkOnAllAsync()
    {
        while (await GatherAsync() is { Count: > 0 } batch)
        {
            await WorkAsync(batch);
        }
    }

    // Empty when nobody waits; whoever comes next begins anew.
    private async Task<List<Delivery>> GatherAsync()
    {
        Task full;
        TimeSpan rest;
        lock (_gate)
        {
            if (!_waiting.TryPeek(out var first))
            {
                _isWorking = false;
                return [];
            }

            full = _full.Task;
            rest = wait - clock.GetElapsedTime(first.Since);
        }

        if (rest > TimeSpan.Zero)
        {
            await full.WaitAsync(rest, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var batch = new List<Delivery>();
        lock (_gate)
        {
            while (batch.Count < most && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            if (_waiting.Count < most && _full.Task.IsCompleted)
            {
                _full = NewSignal();
            }
        }

        return batch;
    }

    private async Task WorkAsync(IReadOnlyList<Delivery> batch)
    {
        using var abandoned = new CancellationTokenSource();
        var wanted = batch.Count;
        var registrations = batch.Select(delivery => delivery.Token.Register(() =>
        {
            if (Interlocked.Decrement(ref wanted) == 0)
            {
                abandoned.Cancel();
            }
        })).ToList();
        try
        {
            await workAsync([.. batch.Select(delivery => delivery.Item)], abandoned.Token);
            foreach (var delivery in batch)
            {
                delivery.Done.TrySetResult();
            }
        }
        catch (Exception) when (abandoned.IsCancellationRequested)
        {
            foreach (var delivery in batch)
            {
                delivery.Done.TrySetCanceled(delivery.Token);
            }
        }
        catch (Exception) when (batch.Count > 1)
        {
            // It may be the fault of one of them: none is to fail for another.
            foreach (var delivery in batch)
            {
                await WorkAsync([delivery]);
            }
        }
        catch (Exception failure)
        {
            batch[0].Done.TrySetException(failure);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Delivery(T Item, long Since, CancellationToken Token)
    {
        public TaskCompletionSource Done { get; } = NewSignal();
    }
}
