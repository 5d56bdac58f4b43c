namespace LlmPlatform.Edge.Identity;

/// <summary>The body of <c>POST /admin/v1/keys</c>.</summary>
/// <param name="Name">Unique, 1 to 200 characters.</param>
/// <param name="Tenant">Must exist.</param>
/// <param name="Team">Must exist in the tenant.</param>
/// <param name="User">Free.</param>
/// <param name="Models">Patterns such as <c>gpt-4o*</c>; absent: all.</param>
/// <param name="Expires">A length from now, such as <c>30d</c>; absent: never.</param>
/// <param name="Metadata">Free; <c>project</c> is read by limits and reports.</param>
internal sealed record CreateKeyRequest(
    string? Name,
    string? Tenant,
    string? Team,
    string? User,
    IReadOnlyList<string>? Models,
    string? Expires,
    IReadOnlyDictionary<string, string>? Metadata);
