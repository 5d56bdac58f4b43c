namespace LlmPlatform.Edge.Identity;

/// <summary>The body of <c>POST /admin/v1/keys/{id}/rotate</c>; it may be left out.</summary>
/// <param name="Grace">
/// How long the old secret stays valid, such as <c>24h</c>; <c>0s</c> ends it at once. Absent:
/// <see cref="IdentityOptions.RotationGrace"/>.
/// </param>
internal sealed record RotateKeyRequest(string? Grace);
