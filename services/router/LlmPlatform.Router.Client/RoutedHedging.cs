namespace LlmPlatform.Router.Client;

/// <summary>
/// When another deployment of a model is asked beside the first, because that one takes unusually long to begin its
/// answer. Whichever begins first is taken, the other is cut, and both are billed.
/// </summary>
public sealed record RoutedHedging
{
    /// <summary>How long the first is waited for while little is known of it.</summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The least it is waited for, however quick it usually is.</summary>
    public TimeSpan Floor { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Of 100 calls that a deployment answers, the most that are hedged against it; ten may come at once.
    /// </summary>
    public int Percent { get; init; } = 10;
}
