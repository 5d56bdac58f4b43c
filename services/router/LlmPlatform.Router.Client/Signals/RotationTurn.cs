namespace LlmPlatform.Router.Client;

/// <summary>Whose turn it is; it goes on from snapshot to snapshot.</summary>
internal sealed class RotationTurn
{
    private uint _turn = uint.MaxValue;

    public uint Next() => Interlocked.Increment(ref _turn);
}
