using LlmPlatform.Hosting.Security;
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
    private const string ActorItem = "actor";

    /// <summary>A group under <c>/admin/v1</c> that the master key opens.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup("/admin/v1").RequireFirst(context =>
        {
            if (BearerToken(context) is not { } token || !Key(context).Opens(token))
            {
                return AdminProblem.Unauthorized();
            }

            context.Items[ActorItem] = "master";
            return null;
        });

    /// <summary>
    /// A group under <c>/internal/v1</c> that only services of this platform open; never exposed to callers.
    /// </summary>
    public static RouteGroupBuilder MapInternal(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGroup("/internal/v1").RequireFirst(context =>
            BearerToken(context) is { } token && Key(context).OpensInternal(token) ? null : AdminProblem.NotAService());

    /// <summary>Who is calling the admin API, for the audit trail: never a key.</summary>
    public static string Actor(this HttpContext context) => context.Items[ActorItem] as string ?? "unknown";

    // Not an endpoint filter: filters run when the body has been read, and a stranger's body is not.
    private static RouteGroupBuilder RequireFirst(this RouteGroupBuilder group, Func<HttpContext, IResult?> refuse)
    {
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var serve = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                if (refuse(context) is not { } refusal)
                {
                    return serve(context);
                }

                context.Response.Headers.WWWAuthenticate = "Bearer";
                return refusal.ExecuteAsync(context);
            };
        });
        return group;
    }

    private static MasterKey Key(HttpContext context) =>
        context.RequestServices.GetRequiredService<PlatformEnvironment>().MasterKey;

    private static string? BearerToken(HttpContext context)
    {
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }
}
