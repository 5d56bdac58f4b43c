namespace LlmPlatform.Quota;

/// <summary>A secret that opens nothing any more, or soon.</summary>
/// <param name="SecretId">As <see cref="AdmissionRequest.SecretId"/> names it; nothing it could be made from.</param>
/// <param name="From">When it dies; null: it is dead.</param>
public readonly record struct SecretWithdrawal(string SecretId, DateTimeOffset? From);
