namespace LlmPlatform.Router.Client;

/// <summary>Whose turn it is; it goes on from snapshot to snapshot.</summary>
internal sealed class RotationTurn(uint first = 0)
{
    private uint _turn = first - 1;

    /// <summary>Whose turn it will be next; takes none.</summary>
    public uint Peek() => Volatile.Read(ref _turn) + 1;

    public uint Next() => Interlocked.Increment(ref _turn);
}
