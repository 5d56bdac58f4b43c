using LlmPlatform.Hosting.Admin;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LlmPlatform.Metering.Limits;

/// <summary>Where something was declared: what the file declares is read-only in the admin API.</summary>
internal static class DeclaredBy
{
    public const string File = "file";

    public const string Api = "api";

    /// <summary>By an administrator of the tenant that it is about, within what the platform's team allows.</summary>
    public const string Tenant = "tenant";

    /// <summary>How to call what an operator declares.</summary>
    public static string Of(AdminOperator who) => who.Tenant is null ? Api : Tenant;

    /// <summary>Why an operator may not change what was declared so; null when they may.</summary>
    /// <param name="who">The operator.</param>
    /// <param name="source">By whom it was declared.</param>
    /// <param name="scope">What it is about.</param>
    /// <param name="what">What it is called, for the sentence: <c>The budget 'acme-month'</c>.</param>
    public static ProblemHttpResult? Refuse(AdminOperator who, string source, string scope, string what) =>
        !who.SeesScope(scope) ? who.OtherTenant()
        : source == File ? AdminProblem.Conflict(
            "declared_in_file", $"{what} is declared in the configuration file: change it there.")
        : who.Tenant is not null && source != Tenant ? AdminProblem.Forbidden(
            "set_by_platform", $"{what} was set by the platform's team; set one of your own beside it.")
        : null;
}
