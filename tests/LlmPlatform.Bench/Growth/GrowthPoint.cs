namespace LlmPlatform.Bench.Growth;

/// <summary>What a call cost where there was so much of something.</summary>
/// <param name="Size">How much there was.</param>
/// <param name="First">The first figure of the plot, median of the rounds.</param>
/// <param name="Second">The second.</param>
internal readonly record struct GrowthPoint(long Size, double First, double Second)
{
    /// <summary>The middle one of each figure.</summary>
    public static GrowthPoint Median(long size, IReadOnlyList<(double First, double Second)> rounds) => new(
        size,
        rounds.Select(round => round.First).Order().ElementAt(rounds.Count / 2),
        rounds.Select(round => round.Second).Order().ElementAt(rounds.Count / 2));
}
