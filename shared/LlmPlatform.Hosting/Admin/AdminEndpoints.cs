using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmPlatform.Hosting.Admin;

/// <summary>
/// The two doors that are not for callers: <c>/admin/v1</c> for operators, <c>/internal/v1</c> between services.
/// </summary>
public static class AdminEndpoints
{
    /// <summary>A group under <c>/admin/v1</c> that the master key opens.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/admin/v1");
        group.AddEndpointFilter(RequireMasterKey);
        return group;
    }

    /// <summary>
    /// A group under <c>/internal/v1</c> that only services of this platform open; never exposed to callers.
    /// </summary>
    public static RouteGroupBuilder MapInternal(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/internal/v1");
        group.AddEndpointFilter(RequireInternalToken);
        return group;
    }

    /// <summary>Who is calling the admin API, for the audit trail: never a key.</summary>
    public static string Actor(this HttpContext context) => context.Items["actor"] as string ?? "unknown";

    private static ValueTask<object?> RequireMasterKey(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var key = call.HttpContext.RequestServices.GetRequiredService<PlatformEnvironment>().MasterKey;
        if (BearerToken(call.HttpContext) is not { } token || !key.Opens(token))
        {
            return ValueTask.FromResult<object?>(AdminProblem.Unauthorized());
        }

        call.HttpContext.Items["actor"] = "master";
        return next(call);
    }

    private static ValueTask<object?> RequireInternalToken(
        EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var key = call.HttpContext.RequestServices.GetRequiredService<PlatformEnvironment>().MasterKey;
        return BearerToken(call.HttpContext) is { } token && key.OpensInternal(token)
            ? next(call)
            : ValueTask.FromResult<object?>(AdminProblem.Unauthorized());
    }

    private static string? BearerToken(HttpContext context)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }
}
