namespace LlmPlatform.Edge.Translation;

/// <summary>What a provider answered to a request for embeddings.</summary>
/// <param name="Vectors">One for each input, in order.</param>
/// <param name="Usage">What was consumed; null when the provider did not say.</param>
/// <param name="Model">The model as the provider names it; null when it does not say.</param>
internal sealed record EmbeddingAnswer(
    IReadOnlyList<ReadOnlyMemory<float>> Vectors, UsageReport? Usage, string? Model);
