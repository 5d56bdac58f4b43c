namespace LlmPlatform.Edge.Tests.Requests;

/// <summary>Holds a provider's stream after so many content chunks.</summary>
internal sealed class ChunkGate(int open) : IDisposable
{
    private readonly SemaphoreSlim _changed = new(0);
    private int _open = open;

    /// <summary>How many may go.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Waits until the chunk with so many before it may go.</summary>
    public async Task PassAsync(int before, CancellationToken cancellationToken)
    {
        while (before >= Volatile.Read(ref _open))
            await _changed.WaitAsync(cancellationToken);
    }

    /// <summary>One more may go; after the last chunk, the end.</summary>
    public void LetOneGo()
    {
        Interlocked.Increment(ref _open);
        _changed.Release();
    }

    public void LetAllGo()
    {
        Volatile.Write(ref _open, int.MaxValue);
        _changed.Release();
    }

    public void Dispose() => _changed.Dispose();
}
