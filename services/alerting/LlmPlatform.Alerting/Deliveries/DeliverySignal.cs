namespace LlmPlatform.Alerting.Deliveries;

/// <summary>
/// Wakes the sweep of this process. Only a hint: a lost one costs a poll interval, a spurious one costs a query.
/// </summary>
internal sealed class DeliverySignal(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);

    public void Raise()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    /// <summary>Returns when raised, or after <paramref name="timeout"/>.</summary>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var elapsed = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up, which is one of the two ways to return.
        }
    }

    public void Dispose() => _wake.Dispose();
}
