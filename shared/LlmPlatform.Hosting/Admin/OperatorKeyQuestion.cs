namespace LlmPlatform.Hosting.Admin;

/// <summary>What one service asks the edge: whose key it is.</summary>
/// <param name="SecretHash">See <see cref="Security.SecretHash"/>.</param>
internal sealed record OperatorKeyQuestion(string? SecretHash);
