namespace LlmPlatform.Router.Catalog;

/// <summary>Asks where a call would go.</summary>
/// <param name="Model">The published name a caller would use.</param>
/// <param name="Seed">The chance of the call; a random one when not given.</param>
internal sealed record ExplainRequest(string? Model, uint? Seed);
