namespace LlmPlatform.Edge.Translation;

/// <summary>What is known of an answer when it begins.</summary>
/// <param name="Id">The provider's id; null when it gives none.</param>
/// <param name="Model">The model as the provider names it; null when it does not say.</param>
internal sealed record AnswerHead(string? Id, string? Model);
