namespace LlmPlatform.Hosting.Configuration;

/// <summary>Answers to requests that mean the same.</summary>
public sealed record SemanticCacheConfiguration
{
    /// <summary>How alike two requests must be, above 0 and at most 1. Default 0.95.</summary>
    public decimal Threshold { get; init; } = 0.95m;

    /// <summary>How long an answer is kept, 1 s to 30 d. Default 1 h.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The declared model that turns text into vectors.</summary>
    public required string EmbeddingModel { get; init; }
}
