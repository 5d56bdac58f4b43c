using LlmPlatform.Hosting.Admin;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Edge.Identity;

/// <summary>The body of <c>POST /admin/v1/keys</c>.</summary>
/// <param name="Name">Unique, 1 to 200 characters.</param>
/// <param name="Tenant">Must exist; a key that is for one tenant alone may leave it out.</param>
/// <param name="Team">Must exist in the tenant.</param>
/// <param name="User">A name; its user is made when there is none.</param>
/// <param name="Role">What its bearer may do beside calling models; absent: nothing.</param>
/// <param name="Models">Patterns such as <c>gpt-4o*</c>; absent: all.</param>
/// <param name="Expires">A length from now, such as <c>30d</c>, or a moment; absent or <c>never</c>: never.</param>
/// <param name="Metadata">Free; <c>project</c> is read by limits and reports.</param>
internal sealed record CreateKeyRequest(
    string? Name,
    string? Tenant,
    string? Team,
    string? User,
    KeyRole? Role,
    IReadOnlyList<string>? Models,
    string? Expires,
    IReadOnlyDictionary<string, string>? Metadata)
{
    public async Task<ProblemHttpResult?> FaultAsync(
        EdgeDbContext database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (KeyTerms.FaultOfName(Name) is { } fault)
        {
            return fault;
        }

        return await database.Tenants.AnyAsync(tenant => tenant.Name == Tenant, cancellationToken)
            ? await KeyTerms.FaultAsync(
                Tenant!, Team, User, Models, Expires, Metadata, now, database, cancellationToken)
            : AdminProblem.Invalid("tenant_not_found", $"There is no tenant '{Tenant}'.");
    }

    /// <summary>The key, and its secret: the only time it is known.</summary>
    public (VirtualKey Key, string Secret) Make(DateTimeOffset now)
    {
        var secret = VirtualKeySecret.Create();
        var id = VirtualKeySecret.CreateId();
        return (
            new VirtualKey
            {
                Id = id,
                Name = Name!,
                Tenant = Tenant!,
                Team = Team,
                User = User,
                Role = Role ?? KeyRole.User,
                Models = [.. Models ?? ["*"]],
                Metadata = new Dictionary<string, string>(Metadata ?? new Dictionary<string, string>()),
                ExpiresAt = KeyTerms.ExpiryOf(Expires, now),
                Source = DeclaredBy.Api,
                CreatedAt = now,
                Secrets = [KeySecret.Of(id, secret, now)],
            },
            secret);
    }
}
