using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Edge.Identity;

/// <summary>The body of <c>PATCH /admin/v1/keys/{id}</c>: what is absent stays as it is.</summary>
/// <param name="Team">Must exist in the tenant; an empty text takes the team away.</param>
/// <param name="User">An empty text takes the user away.</param>
/// <param name="Role">What its bearer may do beside calling models.</param>
/// <param name="Models">Patterns such as <c>gpt-4o*</c>; they replace those it has.</param>
/// <param name="Expires">
/// A length from now, a moment, or <c>never</c>. <c>0s</c> ends the key now.
/// </param>
/// <param name="Metadata">Replaces what it has.</param>
internal sealed record UpdateKeyRequest(
    string? Team,
    string? User,
    KeyRole? Role,
    IReadOnlyList<string>? Models,
    string? Expires,
    IReadOnlyDictionary<string, string>? Metadata)
{
    public Task<ProblemHttpResult?> FaultAsync(
        string tenant, EdgeDbContext database, DateTimeOffset now, CancellationToken cancellationToken) =>
        KeyTerms.FaultAsync(
            tenant, NullIfEmpty(Team), NullIfEmpty(User), Models, Expires, Metadata, now, database, cancellationToken);

    public DateTimeOffset? ExpiryOr(DateTimeOffset? known, DateTimeOffset now) =>
        Expires is null ? known : KeyTerms.ExpiryOf(Expires, now);

    public void ApplyTo(VirtualKey key)
    {
        key.Team = Team is null ? key.Team : NullIfEmpty(Team);
        key.User = User is null ? key.User : NullIfEmpty(User);
        key.Role = Role ?? key.Role;
        key.Models = Models is null ? key.Models : [.. Models];
        key.Metadata = Metadata is null ? key.Metadata : new Dictionary<string, string>(Metadata);
    }

    private static string? NullIfEmpty(string? text) => text is { Length: > 0 } ? text : null;
}
