namespace LlmPlatform.Edge.Providers.Vertex;

/// <summary>A bearer token of Google's, or why there is none.</summary>
/// <param name="Value">The token; null when there is none.</param>
/// <param name="Fault">Why there is none, in a sentence that names no credential; null when there is one.</param>
internal readonly record struct AccessToken(string? Value, string? Fault);
