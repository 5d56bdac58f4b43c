namespace LlmPlatform.Hosting.Configuration;

/// <summary>
/// When another deployment of a model is asked beside the first, because that one takes unusually long to begin its
/// answer: longer than 95 of 100 of its answers of late. Both are billed.
/// </summary>
public sealed record ModelHedgingConfiguration
{
    /// <summary>
    /// How long the first is waited for while fewer than 20 of its answers were seen, 10 ms to 10 min. Default 2 s.
    /// </summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The least it is waited for, 1 ms to 1 min. Default 100 ms.</summary>
    public TimeSpan Floor { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Of 100 calls that a deployment answers, the most that are hedged against it, 1 to 100. Default 10.
    /// </summary>
    public int Percent { get; init; } = 10;
}
