using System.Reflection;
using LlmPlatform.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// Which roles open an endpoint of the admin API. <c>admin</c> opens all, <c>auditor</c> all that only read,
/// <c>user</c> none; what else may is said where the endpoint is mapped.
/// </summary>
public static class AdminAccess
{
    /// <summary>
    /// Opens an endpoint to more roles. One that is open to <see cref="KeyRole.TenantAdmin"/> takes an
    /// <see cref="AdminOperator"/> and keeps to what is that tenant's: a host with one that takes none does not start.
    /// </summary>
    public static TBuilder OpenTo<TBuilder>(this TBuilder endpoint, params KeyRole[] roles)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new Opened(roles)));
        return endpoint;
    }

    /// <summary>What is wrong with how an endpoint was mapped; null when nothing is.</summary>
    internal static string? FaultOf(EndpointBuilder endpoint)
    {
        var opened = endpoint.Metadata.OfType<Opened>().LastOrDefault();
        var handler = endpoint.Metadata.OfType<MethodInfo>().LastOrDefault();
        return opened?.Roles.Contains(KeyRole.TenantAdmin) is true
            && handler?.GetParameters().Any(parameter => parameter.ParameterType == typeof(AdminOperator)) is not true
            ? $"{endpoint.DisplayName} is open to tenant_admin and does not ask whose tenant it is."
            : null;
    }

    /// <summary>The answer to an operator whose role does not open the endpoint; null when it does.</summary>
    internal static IResult? Refuse(AdminOperator who, HttpContext context)
    {
        var opened = context.GetEndpoint()?.Metadata.GetMetadata<Opened>()?.Roles ?? [];
        var onlyReads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        KeyRole[] may = onlyReads ? [KeyRole.Admin, KeyRole.Auditor, .. opened] : [KeyRole.Admin, .. opened];
        return may.Contains(who.Role) ? null : AdminProblem.Forbidden(
            "role_not_allowed",
            $"The role '{EnumText.Of(who.Role)}' of {who.Name} does not allow this. Roles that do: "
            + $"{string.Join(", ", may.Distinct().Select(EnumText.Of))}.");
    }

    private sealed record Opened(KeyRole[] Roles);
}
