namespace LlmPlatform.Hosting.Configuration;

/// <summary>Answers to the same request.</summary>
public sealed record ExactCacheConfiguration
{
    /// <summary>How long an answer is kept, 1 s to 30 d. Default 1 h.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(1);
}
