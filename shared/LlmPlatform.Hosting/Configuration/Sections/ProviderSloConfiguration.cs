namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// What is promised of each deployment of a provider. One that breaks it is tried after all that do not, until its
/// probes have been good for a while.
/// </summary>
public sealed record ProviderSloConfiguration
{
    /// <summary>
    /// What 95 of 100 answers must begin within, 1 ms to 10 min; an answer that is not streamed begins when it is
    /// whole. Null: no matter.
    /// </summary>
    public TimeSpan? P95 { get; init; }

    /// <summary>The most of 100 attempts that may fail by the provider's fault, 0 to 100. Null: no matter.</summary>
    public decimal? Errors { get; init; }

    /// <summary>Over how long that is reckoned, 5 s to 1 h. Default 1 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Fewer attempts in a window than this say nothing, 1 to 1000000. Default 20.</summary>
    public int MinCalls { get; init; } = 20;

    /// <summary>How long probes must be good before it is taken back, 1 s to 1 h. Default 2 min.</summary>
    public TimeSpan RecoverAfter { get; init; } = TimeSpan.FromMinutes(2);
}
