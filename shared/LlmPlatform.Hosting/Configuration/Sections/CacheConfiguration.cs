namespace LlmPlatform.Hosting.Configuration;

/// <summary>Section <c>cache</c>.</summary>
public sealed record CacheConfiguration
{
    /// <summary>Answers to the same request; null: none are kept.</summary>
    public ExactCacheConfiguration? Exact { get; init; }

    /// <summary>Answers to requests that mean the same; null: none are kept.</summary>
    public SemanticCacheConfiguration? Semantic { get; init; }
}
