namespace LlmPlatform.Router.Client;

/// <summary>
/// SplitMix64: a few nanoseconds a number, no allocation, and the same order again for the same seed.
/// </summary>
internal struct PlanRandom(uint seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 to below the limit. The bias of the cut is under one in 2^32 over the limit.</summary>
    public int Below(int limit)
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (int)(((mixed >> 32) * (uint)limit) >> 32);
    }
}
