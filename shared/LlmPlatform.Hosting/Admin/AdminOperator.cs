using System.Diagnostics.CodeAnalysis;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Who is calling the admin API: the master key, or a key with a role. A handler that takes it as a parameter is given
/// the one whose call it serves.
/// </summary>
public sealed class AdminOperator
{
    private const string Item = "operator";

    private AdminOperator(string actor, string name, KeyRole role, string? tenant)
    {
        Actor = actor;
        Name = name;
        Role = role;
        Tenant = tenant;
    }

    /// <summary>The master key.</summary>
    public static AdminOperator Master { get; } = new("master", "the master key", KeyRole.Admin, null);

    /// <summary>For the audit trail: <c>master</c>, or the key's id with its role, <c>key_5f…:finance</c>.</summary>
    public string Actor { get; }

    /// <summary>For sentences.</summary>
    public string Name { get; }

    /// <summary>What it may do.</summary>
    public KeyRole Role { get; }

    /// <summary>The only tenant whose things it sees and changes; null: all are its to see.</summary>
    public string? Tenant { get; }

    /// <summary>Of a key that was found.</summary>
    public static AdminOperator Of(OperatorKey key) => new(
        $"{key.Id}:{EnumText.Of(key.Role)}",
        $"the key '{key.Name}'",
        key.Role,
        key.Role is KeyRole.TenantAdmin or KeyRole.User ? key.Tenant : null);

    /// <summary>What the framework calls for a handler's parameter.</summary>
    public static ValueTask<AdminOperator?> BindAsync(HttpContext context) =>
        ValueTask.FromResult<AdminOperator?>(Of(context));

    /// <summary>Whether things of a tenant are its to see. What belongs to no tenant is not a tenant's.</summary>
    public bool Sees(string? tenant) => Tenant is null || Tenant == tenant;

    /// <summary>Whether things in a scope, such as <c>team:acme/search</c>, are its to see.</summary>
    public bool SeesScope(string? scope) => Tenant is null
        || (ScopeReference.TryParse(scope, out var read) && Tenant == read.TenantName);

    /// <summary>
    /// Whether it may hand out a role: nobody gives away what they do not have.
    /// </summary>
    public bool MayGive(KeyRole role) => Role == KeyRole.Admin || role is KeyRole.User or KeyRole.TenantAdmin;

    /// <summary>Narrows a question about a tenant, or about all, to what is its to see.</summary>
    /// <param name="asked">The tenant asked about; null: all.</param>
    /// <param name="tenant">The tenant to answer about; null: all.</param>
    /// <param name="problem">The answer when it asked about another's.</param>
    public bool TryNarrow(string? asked, out string? tenant, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        tenant = asked ?? Tenant;
        problem = Sees(tenant) ? null : OtherTenant();
        return problem is null;
    }

    /// <summary>403: what was asked for belongs to another tenant, or to none.</summary>
    public ProblemHttpResult OtherTenant() => AdminProblem.Forbidden(
        "other_tenant", $"This is not of the tenant '{Tenant}', and {Name} is for that one alone.");

    internal static AdminOperator Of(HttpContext context) => context.Items[Item] as AdminOperator
        ?? throw new InvalidOperationException("Nobody was admitted to this endpoint.");

    internal void Enter(HttpContext context) => context.Items[Item] = this;
}
