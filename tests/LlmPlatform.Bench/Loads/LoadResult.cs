using LlmPlatform.Bench.Rig;

namespace LlmPlatform.Bench.Loads;

/// <summary>What one load showed.</summary>
public sealed class LoadResult
{
    /// <summary>Whole answers with the status 200.</summary>
    public long Good { get; set; }

    /// <summary>All others.</summary>
    public long Bad { get; set; }

    /// <summary>Seconds it took.</summary>
    public double Seconds { get; set; }

    /// <summary>From the time a call was due until its end.</summary>
    public Latencies Calls { get; } = new();

    /// <summary>From the time a call was due until its first content.</summary>
    public Latencies FirstContent { get; } = new();

    /// <summary>From the provider's sending of a chunk until it was read.</summary>
    public Latencies Chunks { get; } = new();
}
