namespace LlmPlatform.Router.Publishing;

/// <summary>Says that there may be something to publish. Only a hint: a lost one costs a turn's interval.</summary>
internal sealed class PublishSignal : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _raised = new(0, 1);

    public void Raise()
    {
        lock (_gate)
        {
            if (_raised.CurrentCount == 0)
                _raised.Release();
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _raised.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _raised.Dispose();
}
