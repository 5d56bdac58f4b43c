using System.ComponentModel.DataAnnotations;

namespace LlmPlatform.Router.Health;

/// <summary>What is told of providers and models: <c>Router__Conditions__…</c> in the environment.</summary>
internal sealed class ConditionOptions
{
    public const string Section = "Router:Conditions";

    /// <summary>How often what lasts is said again. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The while in which fallbacks are counted. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan FallbackWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The part of a model's calls that fallbacks must serve to be told; it ends at half of it.
    /// Default 0.2.</summary>
    [Range(0.01, 1.0)]
    public double FallbackRate { get; init; } = 0.2;

    /// <summary>Fewer calls in the window show nothing. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int FallbackCallsMin { get; init; } = 20;

    /// <summary>Models that are counted at most. Default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int ModelsMax { get; init; } = 4_096;
}
